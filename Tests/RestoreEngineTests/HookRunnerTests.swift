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
        _ answer: @escaping @Sendable (String) throws -> CommandResult
    ) async throws -> (failures: [EffectFailure], proofs: [ProofRecord], calls: Int) {
        let calls = Mutex(0)
        let hosts = Self.hosts.map { name in
            ScriptedHost(host: name) { command, _ in
                guard command.words == [.text("drain"), .text("it; now")], command.isPrivileged,
                    command.endsWithConnection
                else { return nil }
                calls.withLock { $0 += 1 }
                return try answer(name)
            }
        }
        let fleet = Fleet(
            endpoints: Dictionary(
                uniqueKeysWithValues: Self.hosts.filter { $0 != missing }.map {
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
            targets: [],
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
}
