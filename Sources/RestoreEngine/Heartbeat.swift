import RemoteHost
package import RestorePlanning

/// Tells on every host, as long as a run is driven, that its coordinator is alive.
///
/// It has connections of its own: one that hangs must not end an upload beside it.
package struct Heartbeat: Sendable {
    private let fleet: Fleet
    private let targets: [MemberTarget]
    private let `operator`: Operator
    private let pause: Duration

    package init(
        fleet: Fleet,
        targets: [MemberTarget],
        operator: Operator,
        pause: Duration = .seconds(HostLock.beatSeconds)
    ) {
        self.fleet = fleet
        self.targets = targets
        self.operator = `operator`
        self.pause = pause
    }

    /// Beats until the task is cancelled.
    ///
    /// A host that cannot be reached is asked again next time.
    @concurrent
    package func run() async {
        while !Task.isCancelled {
            // a run that is over before the first beat opens no second connection
            do { try await Task.sleep(for: pause) } catch { break }
            await withTaskGroup { group in
                for target in targets {
                    guard let link = fleet[target.name] else { continue }
                    group.addTask { await beat(link, target) }
                }
            }
        }
        await fleet.close()
    }

    private func beat(_ link: HostLink, _ target: MemberTarget) async {
        // whether it arrives is what the lock's age shows to others
        _ = try? await link.run(
            Self.command(target, `operator`),
            limits: CommandLimits(deadline: .seconds(HostLock.beatSeconds))
        )
    }

    /// Never makes a lock, and leaves that of another run or another coordinator alone.
    static func command(_ target: MemberTarget, _ operator: Operator) -> RemoteCommand {
        .script(
            WorkDirectory.entry + "\n" + """
                if is_ours "$1" \(MemberPaths.rootName) && grep -qxsF -- "run=$2" lock \
                && grep -qxsF -- "$3" lock; then touch -c -- lock; fi
                """,
            [
                target.paths.dataDir, target.paths.run,
                `operator`.session?.line ?? "run=\(target.paths.run)",
            ]
        )
    }
}
