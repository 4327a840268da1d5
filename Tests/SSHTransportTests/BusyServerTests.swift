import Foundation
import RemoteHost
import Synchronization
import Testing

@testable import SSHTransport

@Suite("An sshd that is busy, in words and pauses")
struct BusyServerTests {
    @Test(
        "is told from another server by what it says before it closes",
        arguments: [
            ("", true), ("Exceeded MaxStartups", true), ("Not allowed at this time", true),
            ("HTTP/1.1 400 Bad Request", false), ("220 mail.example.com ESMTP", false),
        ]
    )
    func words(_ heard: String, _ mayLetIn: Bool) {
        #expect(BusyServer.mayLetIn(heard: heard) == mayLetIn)
        #expect(!BusyServer.hint(heard: heard, port: 22).isEmpty)
    }

    @Test("has its limits named, and the penalties of OpenSSH 9.8 where it drops at once")
    func hints() {
        let endpoint = HostEndpoint(host: "bastion", port: 2222, user: "ops")
        func hint(_ heard: String) -> String {
            HostFailure(.noBanner(heard: heard, tries: 9), endpoint: endpoint).hint ?? ""
        }
        for part in ["MaxStartups", "PerSourceMaxStartups", "PerSourcePenalties", "9.8", "2222"] {
            #expect(hint("").contains(part))
        }
        #expect(hint("Not allowed at this time").contains("PerSourcePenaltyExemptList"))
        #expect(hint("Exceeded MaxStartups").contains("PerSourceMaxStartups"))
        #expect(!hint("Exceeded MaxStartups").contains("Penalties"))
        let failure = HostFailure(.noBanner(heard: "", tries: 9), endpoint: endpoint)
        #expect(failure.message == "bastion:2222 did not answer with an SSH banner in 9 tries")
    }

    @Test("is tried again after pauses that double, up to four seconds, within a limit")
    func pauses() {
        var tries = BusyTries(within: .seconds(60)) { 1 }
        let pauses = (1...7).compactMap { _ in tries.next() }
        #expect(pauses.map { $0 / .milliseconds(100) } == [2, 4, 8, 16, 32, 40, 40])
        #expect(tries.count == 8)
        var none = BusyTries(within: .zero) { 1 }
        #expect(none.next() == nil && none.count == 1)
        var short = BusyTries(within: .milliseconds(900)) { 1 }
        #expect((1...9).compactMap { _ in short.next() }.count == 3)
    }

    @Test("lets so many log in to one host at a time, and one once it turned somebody away")
    func limit() async throws {
        let counted = CountedLogins()
        #expect(await counted.most(Array(repeating: "bastion:22", count: 12)) == LoginLimit.usual)
        #expect(await counted.most(["a", "b", "c", "d", "e", "f"]) > LoginLimit.usual)
        counted.limit.narrow("bastion:22")
        #expect(await counted.most(Array(repeating: "bastion:22", count: 6)) == 1)
    }

    @Test("lets go of a place that was waited for in vain")
    func cancelled() throws {
        let limit = LoginLimit()
        let open = try Interrupt()
        for _ in 0..<LoginLimit.usual { try limit.enter("h", open) }
        let raised = try Interrupt()
        raised.raise()
        #expect(throws: SSHError.self) { try limit.enter("h", raised) }
        limit.leave("h")
        try limit.enter("h", open)
    }
}

/// Logins that take a while, on threads of their own, and how many were under way together.
private final class CountedLogins: Sendable {
    let limit = LoginLimit()
    private let counts = Mutex((now: 0, most: 0))

    /// Logs in once to each host, all at once.
    /// - Returns: The most that were under way at a time.
    func most(_ hosts: [String]) async -> Int {
        counts.withLock { $0.most = 0 }
        await withTaskGroup { group in
            for host in hosts { group.addTask { await self.logIn(host) } }
        }
        return counts.withLock { $0.most }
    }

    private func logIn(_ host: String) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread {
                defer { done.resume() }
                guard let interrupt = try? Interrupt(),
                    (try? self.limit.enter(host, interrupt)) != nil
                else { return }
                self.counts.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                usleep(100_000)
                self.counts.withLock { $0.now -= 1 }
                self.limit.leave(host)
            }
        }
    }
}

extension RealSSHD {
    @Suite("Logins at an sshd that turns some away")
    struct Busy {
        private func result(_ endpoint: HostEndpoint, _ connector: SSHConnector) async -> String? {
            do {
                let connection = try await connector.connect(to: endpoint)
                let result = try await connection.run(RemoteCommand(["true"]))
                await connection.close()
                return result.isSuccess ? nil : "\(result.ending)"
            } catch {
                return "\(error)"
            }
        }

        @Test(
            "are tried again until there is room",
            arguments: ["MaxStartups 1", "MaxStartups 2:100:2", "PerSourceMaxStartups 1"]
        )
        func direct(_ line: String) async throws {
            try await LocalSSHD.run(LocalSSHD.Configuration(lines: [line])) { server in
                let holder = try PlainConnection(port: server.port)
                try holder.waitForBanner()
                let connector = SSHConnector()
                let tasks = (0..<3).map { _ in
                    Task { await result(server.endpoint, connector) }
                }
                try await Task.sleep(for: .seconds(1))
                holder.close()
                for task in tasks { #expect(await task.value == nil) }
                #expect(server.log.contains("MaxStartups") || server.log.contains("drop"))
            }
        }

        @Test("are tried again where the connection is reset before a banner")
        func reset() async throws {
            let listener = try ResettingListener()
            let endpoint = HostEndpoint(host: "127.0.0.1", port: listener.port, user: "ops")
            let connector = SSHConnector(settings: .init(busyLimit: .seconds(2)))
            do {
                _ = try await connector.connect(to: endpoint)
                Issue.record("it connected")
            } catch let failure as HostFailure {
                #expect(failure.kind == .unreachable && failure.isTransient)
                #expect(failure.message.contains(" tries"), "\(failure.message)")
            }
        }

        /// Ten members are ten logins at their bastion, which sshd would turn away by its default.
        @Test(
            "of ten members go through one bastion that takes few at a time",
            arguments: ["MaxStartups 2:100:2", "PerSourceMaxStartups 1", "MaxStartups 10:30:100"]
        )
        func bastion(_ line: String) async throws {
            try await LocalSSHD.run { target in
                try await LocalSSHD.run(LocalSSHD.Configuration(lines: [line])) { bastion in
                    var endpoint = target.endpoint
                    endpoint.identityFiles.append(bastion.userKey)
                    endpoint.knownHostsFiles.append(bastion.knownHosts)
                    endpoint.jumps = [
                        JumpHost(
                            host: "127.0.0.1",
                            port: bastion.port,
                            user: bastion.endpoint.user
                        )
                    ]
                    let connector = SSHConnector(settings: .init(busyLimit: .seconds(60)))
                    await withTaskGroup { group in
                        for _ in 0..<10 {
                            group.addTask { [endpoint] in await result(endpoint, connector) }
                        }
                        for await problem in group { #expect(problem == nil) }
                    }
                }
            }
        }

        @Test("are left at once where the task is cancelled between two tries")
        func cancelled() async throws {
            let narrow = LocalSSHD.Configuration(lines: ["MaxStartups 1"])
            try await LocalSSHD.run(narrow) { server in
                let holder = try PlainConnection(port: server.port)
                try holder.waitForBanner()
                let task = Task {
                    try await SSHConnector(settings: .init(busyLimit: .seconds(120)))
                        .connect(to: server.endpoint)
                }
                try await Task.sleep(for: .seconds(3))
                let start = ContinuousClock.now
                task.cancel()
                try await expectFailure(.cancelled) { try await task.value }
                #expect(ContinuousClock.now - start < .seconds(3))
                holder.close()
            }
        }
    }
}
