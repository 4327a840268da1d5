import RemoteHost
import RestorePlanning
import RestoreRun

extension Engine {
    /// A restore that is refused a lock must leave no lock of its own behind.
    ///
    /// Only a run that begins gives back, and only what its first stage took: the run directory that a
    /// rollback or a clean finds may hold the only copy of the old data, and such a run can be
    /// resumed, so that its locks are not lost.
    /// - Returns: whether it was refused a lock, and every host is as it was.
    func giveBackLocks(after failures: [EffectFailure], _ stage: StageID) async -> Bool {
        guard [.restore, .drill, .member].contains(plan.kind), stage == StageID(step: 0, stage: 0),
            failures.contains(where: { $0.failure.lockedBy != nil })
        else { return false }
        return await withTaskGroup(of: Bool.self) { group in
            for target in plan.targets {
                group.addTask { await giveBackLock(of: target) }
            }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    /// Looks first: a lock whose answer was lost is ours as well, and the journal cannot know.
    private func giveBackLock(of target: MemberTarget) async -> Bool {
        guard let link = fleet[target.name] else { return false }
        for attempt in 1...4 {
            do {
                let script = ObservationScript(target: target)
                let look = try await link.run(script.command)
                guard let seen = script.read(look.outputText) else { return false }
                guard seen.lock?.run == target.paths.run else { return true }
                let command = Self.giveBack(target)
                    .invocation(
                        on: target,
                        operator: `operator`,
                        turn: await recorder.last + 1
                    )
                return try await link.run(command).isSuccess
            } catch let failure as HostFailure where failure.isTransient && attempt < 4 {
                // a cancelled pause is followed by a try that fails at once
                try? await Task.sleep(for: backOff.pause(after: attempt))
            } catch {
                return false
            }
        }
        return false
    }

    /// Undoes `takeLock`, and fails where anything else was done: of the run's directory it deletes nothing but the
    /// lock's copy.
    static func giveBack(_ target: MemberTarget) -> PlannedEffect {
        let release = EffectBuilder(target).releaseLock()
        let script = """
            [ -d "$1" ] || exit 0
            for f in "$1"/* "$1"/.[!.]*; do
              case $f in "$1/by" | "$1/*" | "$1/.[!.]*") ;; *) echo "there is $f" >&2; exit 1 ;; esac
            done
            rm -f -- "$1/by"; rmdir -- "$1"
            """
        return PlannedEffect(
            kind: .releaseLock,
            member: target.name,
            summary: "give the lock back",
            commands: [["sh", "-c", script, "rekindle", target.paths.run]]
                + release.commands
        )
    }
}
