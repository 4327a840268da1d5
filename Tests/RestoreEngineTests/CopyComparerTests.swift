import RemoteHost
import RestorePlanning
import RestoreRun
import Synchronization
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("The restored copies of all hosts", .timeLimit(.minutes(15)))
struct CopyComparerTests {
    private static let good = String(repeating: "a", count: 64)
    private static let other = String(repeating: "b", count: 64)

    private static func comparison(_ tools: [String]) -> CopyComparison {
        CopyComparison(
            copies: tools.enumerated().map { index, tool in
                CopyComparison.Copy(
                    member: "etcd-\(index + 1)",
                    tool: tool,
                    command: ["digest", "/staged/db"]
                )
            }
        )
    }

    private func compare(
        _ tools: [String] = ["3.5", "3.5", "3.5"],
        retries: Int = 0,
        _ script: @escaping @Sendable (String) throws -> CommandResult
    ) async throws -> (failures: [EffectFailure], proofs: [ProofRecord]) {
        let comparison = Self.comparison(tools)
        let targets = Array(Sample.restore.targets.prefix(tools.count))
        let commands = Dictionary(
            uniqueKeysWithValues: zip(comparison.copies, targets).map {
                ($0.member, $0.invocation(on: $1, operator: Sample.operator1))
            }
        )
        let hosts = comparison.copies.map { copy in
            ScriptedHost(host: copy.member) { command, _ in
                commands[copy.member] == command ? try script(copy.member) : nil
            }
        }
        let fleet = Fleet(
            endpoints: Dictionary(
                uniqueKeysWithValues: comparison.copies.map {
                    ($0.member, HostEndpoint(host: $0.member, user: "ops"))
                }
            ),
            connector: FakeFleet(hosts)
        )
        let comparer = CopyComparer(
            comparison: comparison,
            targets: targets,
            operator: Sample.operator1,
            turn: 0,
            fleet: fleet,
            step: PlannedStep(
                name: "compare-restored",
                summary: "",
                limits: StepLimits(retries: retries, timeoutSeconds: 60),
                stages: []
            ),
            backOff: BackOff(first: .milliseconds(1), limit: .milliseconds(1))
        )
        var proofs: [ProofRecord] = []
        let failures = try await comparer.compare { proofs.append($0) }
        #expect(hosts.allSatisfy { $0.unscripted.isEmpty })
        return (failures, proofs)
    }

    private static func digest(_ text: String) -> CommandResult {
        CommandResult(ending: .exited(0), output: Array("\(text)\n".utf8))
    }

    @Test("hold where all are the same, and each is on record")
    func same() async throws {
        let (failures, proofs) = try await compare { _ in Self.digest(Self.good) }
        #expect(failures.isEmpty)
        #expect(proofs.map(\.member) == ["etcd-1", "etcd-2", "etcd-3"])
        #expect(proofs.allSatisfy { $0.holds && $0.observed == Self.good })
    }

    @Test("name the one that is not like the others", arguments: 1...3)
    func different(number: Int) async throws {
        let (failures, proofs) = try await compare {
            Self.digest($0 == "etcd-\(number)" ? Self.other : Self.good)
        }
        #expect(failures.map(\.failure.host) == ["etcd-\(number)"])
        #expect(failures.allSatisfy { !$0.isTransient && $0.failure.hint != nil })
        #expect(proofs.filter { !$0.holds }.map(\.member) == ["etcd-\(number)"])
    }

    @Test("are compared only with those that the same version of the tool has made")
    func mixed() async throws {
        let (failures, proofs) = try await compare(["3.4", "3.5", "3.5"]) {
            Self.digest($0 == "etcd-1" ? Self.other : Self.good)
        }
        #expect(failures.isEmpty)
        #expect(proofs.map(\.holds) == [true, true, true])
        let broken = try await compare(["3.4", "3.5", "3.4"]) {
            Self.digest($0 == "etcd-3" ? Self.good : Self.other)
        }
        #expect(broken.failures.map(\.failure.host) == ["etcd-3"])
    }

    @Test("prove nothing where one cannot be read")
    func unreadable() async throws {
        let (failures, proofs) = try await compare { member in
            member == "etcd-2"
                ? CommandResult(ending: .exited(1), errorOutput: Array("no such file\n".utf8))
                : Self.digest(Self.good)
        }
        #expect(proofs.isEmpty)
        #expect(failures.map(\.failure.host) == ["etcd-2"])
        #expect(failures.first?.failure.evidence?.contains("no such file") == true)
    }

    @Test("are asked for again where a connection broke, as often as the step says")
    func askedAgain() async throws {
        let lost = Mutex(2)
        let (failures, _) = try await compare(retries: 2) { member in
            let breaks =
                member == "etcd-3"
                && lost.withLock { left in
                    defer { left -= 1 }
                    return left > 0
                }
            if breaks { throw HostFailure(.disconnected, host: member, "the connection broke") }
            return Self.digest(Self.good)
        }
        #expect(failures.isEmpty)
        let given = try await compare(retries: 1) { member in
            throw HostFailure(.disconnected, host: member, "the connection broke")
        }
        #expect(given.failures.count == 3)
    }
}
