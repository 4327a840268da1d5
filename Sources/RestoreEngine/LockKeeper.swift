import RemoteHost
package import RestorePlanning
package import RestoreRun

/// Makes this process the one that a run's locks name: of all that have its journal only one may drive it.
///
/// A lock of another coordinator is taken over if that one is over for certain, or was silent for long; one that
/// may be alive is watched until either is known. A sign of life on any host is one for all of them.
package struct LockKeeper: Sendable {
    let targets: [MemberTarget]
    let fleet: Fleet
    let `operator`: Operator
    /// Whether a process of this very machine is over; nil for one of another.
    let isOver: @Sendable (CoordinatorProcess) -> Bool?
    /// Between two looks at a lock that may be alive.
    let pause: Duration
    /// Told of the members whose locks are watched, and why.
    let onWait: @Sendable ([String: String]) -> Void

    package init(
        targets: [MemberTarget],
        fleet: Fleet,
        operator: Operator,
        isOver: @escaping @Sendable (CoordinatorProcess) -> Bool?,
        pause: Duration = .seconds(5),
        onWait: @escaping @Sendable ([String: String]) -> Void = { _ in }
    ) {
        self.targets = targets
        self.fleet = fleet
        self.operator = `operator`
        self.isOver = isOver
        self.pause = pause
        self.onWait = onWait
    }

    /// Returns why this process must not go on; nothing if it may.
    ///
    /// A host that does not answer is not waited for.
    @concurrent
    package func adopt() async -> [RunFailure] {
        guard `operator`.session != nil else { return [] }
        var silences: [String: Int] = [:]
        var hasReplaced = false
        // the longest that a silence takes to tell, and the looks that it takes to see it
        for _ in 0..<(HostLock.staleSeconds / 2) {
            if Task.isCancelled { return [] }
            let locks = await locks()
            let foreign = locks.filter { tenure($0.value) != .ours && tenure($0.value) != .notOurs }
            if foreign.isEmpty { return [] }
            let living = foreign.filter { name, lock in
                tenure(lock) == .alive || (lock.silentSeconds ?? 0) < silences[name] ?? 0
            }
            if !living.isEmpty { return refusals(living) }
            for (name, lock) in foreign { silences[name] = lock.silentSeconds ?? 0 }
            if foreign.allSatisfy({ tenure($0.value).mayAdopt }) {
                // one that had changed meanwhile is not asked for without rest
                if hasReplaced { try? await Task.sleep(for: pause) }
                hasReplaced = true
                let failures = await replace(foreign)
                if !failures.isEmpty { return failures }
            } else {
                onWait(
                    foreign.mapValues {
                        "\($0); its place is taken once that was \(HostLock.staleSeconds) s ago"
                    }
                )
                try? await Task.sleep(for: pause)
            }
        }
        let locks = await locks().filter {
            tenure($0.value) != .ours && tenure($0.value) != .notOurs
        }
        return refusals(locks)
    }

    private func tenure(_ lock: HostLock) -> LockTenure {
        LockTenure(
            lock,
            run: targets.first?.paths.run ?? "",
            for: `operator`,
            isOver: isOver
        )
    }

    private func locks() async -> [String: HostLock] {
        await withTaskGroup(of: (String, HostLock?).self) { group in
            for target in targets {
                guard let link = fleet[target.name] else { continue }
                group.addTask {
                    let answer = try? await link.run(LockScripts.question(target))
                    return (target.name, answer.flatMap { LockScripts.lock(in: $0.outputText) })
                }
            }
            return await group.reduce(into: [String: HostLock]()) { $0[$1.0] = $1.1 }
        }
    }

    /// A lock that was changed meanwhile is looked at again; what cannot be done is told.
    private func replace(_ locks: [String: HostLock]) async -> [RunFailure] {
        await withTaskGroup(of: RunFailure?.self) { group in
            for target in targets {
                guard let lock = locks[target.name], let link = fleet[target.name] else { continue }
                let command = LockScripts.adopt(
                    lock,
                    on: target,
                    by: `operator`,
                    isOver: tenure(lock) == .over
                )
                group.addTask {
                    guard let result = try? await link.run(command), !result.isSuccess,
                        result.ending != .exited(PlannedEffect.lockLostStatus)
                    else { return nil }
                    return RunFailure(
                        host: target.name,
                        step: "lock",
                        message: "cannot take the place of the run's other coordinator: \(lock)",
                        evidence: result.lastLines(),
                        hint: "end the command that is named on the host, then again"
                    )
                }
            }
            return await group.reduce(into: [RunFailure]()) { all, failure in
                if let failure { all.append(failure) }
            }
        }
    }

    private func refusals(_ locks: [String: HostLock]) -> [RunFailure] {
        locks.sorted { $0.key < $1.key }.map { name, lock in
            RunFailure(
                host: name,
                step: "lock",
                message: "another process drives this run: \(lock)",
                hint: "one process at a time drives a run: wait for it, or end it on "
                    + "\(lock.coordinator); once it has been silent for \(HostLock.staleSeconds) s, "
                    + "`rekindle resume` and `rekindle rollback` take its place",
                lockedBy: lock
            )
        }
    }
}
