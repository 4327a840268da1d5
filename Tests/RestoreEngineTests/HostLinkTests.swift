import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@testable import RestoreEngine

@Suite("The link to a host", .timeLimit(.minutes(15)))
struct HostLinkTests {
    private static let endpoint = HostEndpoint(host: "h", user: "ops")
    private static let command = RemoteCommand(["true"])

    private func link(_ host: ScriptedHost) -> (HostLink, FakeFleet) {
        let hosts = FakeFleet([host])
        return (HostLink(endpoint: Self.endpoint, connector: hosts), hosts)
    }

    @Test("keeps one connection for all commands, a failed one among them")
    func oneConnection() async throws {
        let host = ScriptedHost(host: "h") { _, _ in CommandResult(ending: .exited(1)) }
        let (link, hosts) = link(host)
        for _ in 1...3 { #expect(try await link.run(Self.command).ending == .exited(1)) }
        #expect(hosts.endpoints == [Self.endpoint])
    }

    @Test("connects anew after a connection broke, and does not repeat the command by itself")
    func reconnects() async throws {
        let host = ScriptedHost(host: "h") { command, _ in
            guard command == Self.command else {
                throw HostFailure(.disconnected, host: "h", "the connection broke")
            }
            return CommandResult(ending: .exited(0))
        }
        let (link, hosts) = link(host)
        await #expect(throws: HostFailure.self) {
            _ = try await link.run(RemoteCommand(["reboot"]))
        }
        #expect(host.commands.count == 1)
        #expect(try await link.run(Self.command).isSuccess)
        #expect(hosts.endpoints.count == 2)
    }

    @Test("passes on why it cannot connect, and tries again when it is asked again")
    func cannotConnect() async throws {
        let host = ScriptedHost(host: "h") { _, _ in CommandResult(ending: .exited(0)) }
        let (link, hosts) = link(host)
        let failure = HostFailure(.hostKeyUnknown, host: "h", "who are you", hint: "ask around")
        hosts.failNextConnection(with: failure)
        await #expect(throws: failure) { _ = try await link.run(Self.command) }
        #expect(try await link.run(Self.command).isSuccess)
    }

    @Test("is closed and opened again as one likes")
    func closes() async throws {
        let host = ScriptedHost(host: "h") { _, _ in CommandResult(ending: .exited(0)) }
        let (link, hosts) = link(host)
        await link.close()
        #expect(try await link.run(Self.command).isSuccess)
        await link.close()
        await link.close()
        #expect(try await link.run(Self.command).isSuccess)
        #expect(hosts.endpoints.count == 2)
    }
}

@Suite("Who leads a cluster", .timeLimit(.minutes(15)))
struct LeaderProbeTests {
    private func probe(_ rehearsal: Rehearsal) -> LeaderProbe {
        LeaderProbe(
            fleet: Fleet(
                endpoints: Dictionary(
                    uniqueKeysWithValues: Sample.restore.targets.map { ($0.name, $0.endpoint) }
                ),
                connector: rehearsal.fleet
            )
        )
    }

    @Test("is told by the one that says it of itself")
    func leader() async {
        let rehearsal = Rehearsal()
        #expect(await probe(rehearsal).leader(of: Sample.restore.targets) == "etcd-1")
        rehearsal.expectNoViolation()
    }

    @Test("is told although a follower's host cannot be reached")
    func unreachable() async {
        let rehearsal = Rehearsal()
        rehearsal.fleet.makeUnreachable("etcd-2", attempts: 9)
        #expect(await probe(rehearsal).leader(of: Sample.restore.targets) == "etcd-1")
    }

    @Test("is nobody where there is no quorum, and nobody where none runs")
    func nobody() async {
        let rehearsal = Rehearsal()
        rehearsal.fleet.change("etcd-2") { $0.isActive = false }
        #expect(await probe(rehearsal).leader(of: Sample.restore.targets) == nil)
        rehearsal.fleet.change("etcd-1") { $0.isActive = false }
        #expect(await probe(rehearsal).leader(of: Sample.restore.targets) == nil)
    }
}

@Suite("The pause before another try")
struct BackOffTests {
    @Test("is doubled each time up to the limit, give or take a quarter", arguments: 1...40)
    func bounds(attempt: Int) {
        let backOff = BackOff(first: .milliseconds(100), limit: .seconds(5))
        let middle = min(0.1 * Double(1 << min(attempt - 1, 30)), 5)
        for _ in 1...50 {
            let pause = backOff.pause(after: attempt) / .seconds(1)
            #expect(pause >= middle * 0.749)
            #expect(pause <= middle * 1.251)
        }
    }

    @Test("differs from one member to the next")
    func spread() {
        let pauses = Set((1...20).map { _ in BackOff().pause(after: 3) })
        #expect(pauses.count > 10)
    }
}
