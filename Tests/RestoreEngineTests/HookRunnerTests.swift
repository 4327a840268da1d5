import RemoteHost
import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("A hook", .timeLimit(.minutes(15)))
struct HookRunnerTests {
    private static let hosts = ["cp-1", "cp-2"]

    private func run(
        retries: Int = 0,
        without missing: String? = nil,
        behind targets: [MemberTarget] = [],
        lock: @escaping @Sendable (String) throws -> CommandResult = { _ in
            CommandResult(ending: .exited(0))
        },
        _ answer: @escaping @Sendable (String) throws -> CommandResult
    ) async throws -> (failures: [EffectFailure], proofs: [ProofRecord], calls: Int) {
        let calls = Mutex(0)
        let locks = targets.map { LockScripts.holds($0, Sample.operator1) }
        let hosts = (Self.hosts + targets.map(\.name)).map { name in
            ScriptedHost(host: name) { command, _ in
                if locks.contains(command) { return try lock(name) }
                guard command.words == [.text("drain"), .text("it; now")], command.isPrivileged,
                    command.endsWithConnection
                else { return nil }
                calls.withLock { $0 += 1 }
                return try answer(name)
            }
        }
        let fleet = Fleet(
            endpoints: Dictionary(
                uniqueKeysWithValues: hosts.map(\.host).filter { $0 != missing }.map {
                    ($0, HostEndpoint(host: $0, user: "ops"))
                }
            ),
            connector: FakeFleet(hosts)
        )
        let run = HookRun(
            hook: Hook(group: "control-plane", command: ["drain", "it; now"], title: "drain"),
            hosts: Self.hosts.map {
                HookHost(name: $0, endpoint: HostEndpoint(host: $0, user: "ops"))
            }
        )
        let runner = HookRunner(
            run: run,
            targets: targets,
            operator: Sample.operator1,
            turn: 0,
            fleet: fleet,
            step: PlannedStep(
                name: "run",
                summary: "",
                limits: StepLimits(retries: retries, timeoutSeconds: 60),
                stages: []
            ),
            backOff: BackOff(first: .milliseconds(1), limit: .milliseconds(1))
        )
        var proofs: [ProofRecord] = []
        let failures = try await runner.run { proofs.append($0) }
        #expect(hosts.allSatisfy { $0.unscripted.isEmpty })
        return (
            failures, proofs.sorted { ($0.member ?? "") < ($1.member ?? "") }, calls.withLock { $0 }
        )
    }

    @Test("runs on every host, and each is on record")
    func all() async throws {
        let (failures, proofs, _) = try await run { _ in CommandResult(ending: .exited(0)) }
        #expect(failures.isEmpty)
        #expect(proofs.map(\.member) == Self.hosts)
        #expect(proofs.allSatisfy { $0.holds && $0.name == "run: drain" })
    }

    @Test("that fails on one host says so with what it wrote, and the other's outcome is kept")
    func fails() async throws {
        let (failures, proofs, _) = try await run {
            $0 == "cp-2"
                ? CommandResult(ending: .exited(3), errorOutput: Array("no such node\n".utf8))
                : CommandResult(ending: .exited(0))
        }
        #expect(failures.map(\.failure.host) == ["cp-2"])
        #expect(failures.map(\.failure.message) == ["drain: exit 3"])
        #expect(failures.map(\.failure.evidence) == ["no such node"])
        #expect(failures.allSatisfy { $0.failure.hint != nil })
        #expect(proofs.map(\.holds) == [true, false])
    }

    @Test(
        "is tried again after a lost connection as often as its playbook allows",
        arguments: 0...2
    )
    func lost(retries: Int) async throws {
        let count = Mutex(0)
        let (failures, _, calls) = try await run(retries: retries) { host in
            if host == "cp-1",
                count.withLock({
                    $0 += 1; return $0
                }) <= 2
            {
                throw HostFailure(.disconnected, host: host, "gone")
            }
            return CommandResult(ending: .exited(0))
        }
        #expect(failures.map(\.failure.host) == (retries == 2 ? [] : ["cp-1"]))
        #expect(calls == 2 + min(retries, 2))
    }

    @Test("does not pass over a host that there is no link to")
    func noLink() async throws {
        let (failures, _, _) = try await run(without: "cp-1") { _ in
            CommandResult(ending: .exited(0))
        }
        #expect(failures.map(\.failure.host) == ["cp-1"])
    }

    @Test("runs where every member's host is locked by its run")
    func locked() async throws {
        let targets = Sample.restore.targets
        let (failures, _, calls) = try await run(behind: targets) { _ in
            CommandResult(ending: .exited(0))
        }
        #expect(failures.isEmpty)
        #expect(calls == Self.hosts.count)
    }

    @Test("runs nowhere while one member's host is not locked by its run, and names that one")
    func unlocked() async throws {
        let (failures, proofs, calls) = try await run(
            behind: Sample.restore.targets,
            lock: {
                $0 == "etcd-2"
                    ? CommandResult(
                        ending: .exited(PlannedEffect.lockLostStatus),
                        errorOutput: Array("the lock is not this run's\n".utf8)
                    ) : CommandResult(ending: .exited(0))
            }
        ) { _ in CommandResult(ending: .exited(0)) }
        #expect(failures.map(\.failure.host) == ["etcd-2"])
        #expect(failures.first?.failure.message.contains("not locked by this run") == true)
        #expect(failures.first?.failure.evidence == "the lock is not this run's")
        #expect(failures.first?.failure.hint?.contains("`rekindle resume`") == true)
        #expect(proofs.isEmpty)
        #expect(calls == 0)
    }

    @Test(
        "asks again for a lock after a lost connection, and runs nowhere when it stays lost",
        arguments: [(lost: 2, runs: true), (lost: .max, runs: false)]
    )
    func lockLost(lost: Int, runs: Bool) async throws {
        let count = Mutex(0)
        // the hook itself may run only once
        let (failures, _, calls) = try await run(
            retries: 0,
            behind: Sample.restore.targets,
            lock: { host in
                if host == "etcd-3",
                    count.withLock({
                        $0 += 1; return $0
                    }) <= lost
                {
                    throw HostFailure(.disconnected, host: host, "gone")
                }
                return CommandResult(ending: .exited(0))
            }
        ) { _ in CommandResult(ending: .exited(0)) }
        #expect(failures.map(\.failure.host) == (runs ? [] : ["etcd-3"]))
        #expect(calls == (runs ? Self.hosts.count : 0))
    }

    @Test("that the host's lock did not let in is not taken for one that failed")
    func guarded() async throws {
        let count = Mutex(0)
        let (failures, proofs, calls) = try await run { host in
            let call = count.withLock {
                $0 += 1
                return $0
            }
            guard host == "cp-1" else { return CommandResult(ending: .exited(0)) }
            return call > 3
                ? CommandResult(ending: .exited(0))
                : CommandResult(
                    ending: .exited(PlannedEffect.busyStatus),
                    errorOutput: Array("an earlier command of this run is still at work: x\n".utf8)
                )
        }
        #expect(failures.isEmpty)
        #expect(proofs.map(\.holds) == [true, true])
        #expect(calls > Self.hosts.count)

        let lost = try await run { host in
            CommandResult(
                ending: .exited(PlannedEffect.lockLostStatus),
                errorOutput: Array("the lock /d/lock is not this run's\n".utf8)
            )
        }
        #expect(lost.failures.map(\.failure.host) == Self.hosts)
        #expect(lost.failures.allSatisfy { $0.failure.message.contains("not run") })
        #expect(lost.proofs.isEmpty)
    }

    @Test("may end with any status of its own")
    func ownStatus() async throws {
        let (failures, _, calls) = try await run { _ in
            CommandResult(
                ending: .exited(PlannedEffect.busyStatus),
                errorOutput: Array("no such node\n".utf8)
            )
        }
        #expect(failures.allSatisfy { $0.failure.message == "drain: exit 76" })
        #expect(calls == Self.hosts.count)
    }
}
