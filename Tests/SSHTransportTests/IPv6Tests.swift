import Foundation
import RemoteHost
import SSHTransport
import Testing

/// The IPv6 addresses of this machine by their 32 hexadecimal digits, with their interfaces.
private let addresses: [(digits: String, interface: String)] =
    ((try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)) ?? "")
    .split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let first = words.first, let last = words.last else { return nil }
        return (String(first), String(last))
    }

private let hasLoopback = addresses.contains {
    $0.digits == String(repeating: "0", count: 31) + "1"
}

/// `fe80::…%eth0`, written in full; nil where no interface has one.
private let linkLocal = addresses.first { $0.digits.hasPrefix("fe80") }.map { found in
    let digits = Array(found.digits)
    let groups = stride(from: 0, to: 32, by: 4).map { String(digits[$0..<($0 + 4)]) }
    return groups.joined(separator: ":") + "%\(found.interface)"
}

extension RealSSHD {
    @Suite("IPv6")
    struct IPv6 {
        private static func run(
            _ address: String,
            _ body: (LocalSSHD, HostEndpoint) async throws -> Void
        ) async throws {
            let configuration = LocalSSHD.Configuration(lines: ["ListenAddress \(address)"])
            try await LocalSSHD.run(configuration) { server in
                try server.writeKnownHosts(["[\(address)]:\(server.port) \(try server.hostKey())"])
                var endpoint = server.endpoint
                endpoint.host = address
                try await body(server, endpoint)
            }
        }

        @Test(
            "a host is reached by its address, and known as [::1]:port",
            .enabled(if: hasLoopback, "this machine has no ::1")
        )
        func address() async throws {
            try await Self.run("::1") { server, endpoint in
                let connection = try await SSHConnector().connect(to: endpoint)
                #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                await connection.close()

                try server.writeKnownHosts([])
                let failure = try await RealSSHD.failure(endpoint)
                #expect(failure.kind == .hostKeyUnknown)
                #expect(failure.message.hasPrefix("host key of [::1]:\(server.port) is not"))
            }
        }

        @Test(
            "a host is reached through a jump host, both by their addresses",
            .enabled(if: hasLoopback, "this machine has no ::1")
        )
        func jump() async throws {
            try await Self.run("::1") { target, endpoint in
                try await Self.run("::1") { jump, _ in
                    var endpoint = endpoint
                    endpoint.identityFiles.append(jump.userKey)
                    endpoint.knownHostsFiles.append(jump.knownHosts)
                    endpoint.jumps = [
                        JumpHost(host: "::1", port: jump.port, user: jump.endpoint.user)
                    ]
                    let connection = try await SSHConnector().connect(to: endpoint)
                    #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                    await connection.close()

                    endpoint.port = 1
                    let refused = try await RealSSHD.failure(endpoint)
                    let way = "-p \(jump.port) \(jump.endpoint.user)@::1"
                    #expect(refused.message.contains("does not pass on to [::1]:1: "))
                    #expect(refused.hint?.contains("`ssh -W [::1]:1 \(way)`") == true)

                    endpoint.port = target.port
                    try target.writeKnownHosts([])
                    let unknown = try await RealSSHD.failure(endpoint)
                    let scan = "ssh \(way) ssh-keyscan -t ed25519 -p \(target.port) ::1 >> "
                    #expect(unknown.hint?.contains(scan) == true)
                }
            }
        }

        @Test(
            "a host is reached by a link-local address with its zone",
            .enabled(if: linkLocal != nil, "no interface of this machine has a link-local address")
        )
        func zone() async throws {
            let address = try #require(linkLocal)
            try await Self.run(address) { _, endpoint in
                let connection = try await SSHConnector().connect(to: endpoint)
                #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                await connection.close()
            }
        }
    }
}
