import Foundation
import RemoteHost
import SSHTransport
import Testing

extension RealSSHD {
    @Suite("A host as OpenSSH's configuration has it")
    struct Configured {
        private static func words(
            alias: String? = nil,
            identitiesOnly: Bool = false,
            agent: String? = nil
        ) -> SSHConfigWords {
            SSHConfigWords(
                file: "/config",
                host: "e1",
                hostKeyAlias: alias,
                identitiesOnly: identitiesOnly,
                identityAgent: agent
            )
        }

        @Test("is known by its HostKeyAlias, and by nothing else")
        func alias() async throws {
            try await LocalSSHD.run { server in
                var endpoint = server.endpoint
                endpoint.config = Self.words(alias: "Etcd-One")
                let unknown = try await RealSSHD.failure(endpoint)
                #expect(unknown.kind == .hostKeyUnknown)
                #expect(unknown.message.hasPrefix("host key of etcd-one is not known"))
                #expect(unknown.hint?.contains("127.0.0.1 | sed 's/^[^ ]*/Etcd-One/' >> ") == true)

                try server.writeKnownHosts(["etcd-one \(try server.hostKey())"])
                let connection = try await SSHConnector().connect(to: endpoint)
                await connection.close()
                endpoint.config = nil
                #expect(try await RealSSHD.failure(endpoint).kind == .hostKeyUnknown)
            }
        }

        @Test("with IdentitiesOnly is offered no key of the agent but those that are named")
        func identitiesOnly() async throws {
            try await LocalSSHD.run { server in
                try await LocalAgent.run { agent in
                    try agent.add(server.userKey)
                    let settings = SSHConnector.Settings(agentSocket: agent.socket)
                    var endpoint = server.endpoint
                    endpoint.identityFiles = []
                    endpoint.config = Self.words(identitiesOnly: true)
                    #expect(try await RealSSHD.failure(endpoint, settings).kind == .authentication)

                    // its public half is enough: the agent signs
                    try FileManager.default.removeItem(atPath: server.userKey)
                    endpoint.identityFiles = [server.userKey]
                    let connection = try await SSHConnector(settings: settings)
                        .connect(to: endpoint)
                    await connection.close()
                }
            }
        }

        @Test("is logged into with the agent of IdentityAgent, which may be none")
        func identityAgent() async throws {
            try await LocalSSHD.run { server in
                try await LocalAgent.run { agent in
                    try agent.add(server.userKey)
                    var endpoint = server.endpoint
                    endpoint.identityFiles = []
                    endpoint.config = Self.words(agent: agent.socket)
                    let connection = try await SSHConnector().connect(to: endpoint)
                    await connection.close()

                    endpoint.config = Self.words(agent: "none")
                    let settings = SSHConnector.Settings(agentSocket: agent.socket)
                    #expect(try await RealSSHD.failure(endpoint, settings).kind == .authentication)
                }
            }
        }

        @Test("is reached through a jump host that has keys and known hosts of its own")
        func jump() async throws {
            try await LocalSSHD.run { target in
                try await LocalSSHD.run { jump in
                    var endpoint = target.endpoint
                    try jump.writeKnownHosts(["bastion \(try jump.hostKey())"])
                    let own = JumpHost.Own(
                        identityFiles: [jump.userKey],
                        knownHostsFiles: [jump.knownHosts],
                        config: Self.words(alias: "bastion")
                    )
                    endpoint.jumps = [
                        JumpHost(
                            host: "127.0.0.1",
                            port: jump.port,
                            user: jump.endpoint.user,
                            own: own
                        )
                    ]
                    let connection = try await SSHConnector().connect(to: endpoint)
                    #expect(try await connection.run(RemoteCommand(["true"])).isSuccess)
                    await connection.close()

                    // the member's key lets nobody in there, and its known_hosts are not asked
                    endpoint.jumps?[0].own?.identityFiles = [target.userKey]
                    #expect(try await RealSSHD.failure(endpoint).kind == .authentication)
                    endpoint.jumps?[0].own?.knownHostsFiles = [target.knownHosts]
                    #expect(try await RealSSHD.failure(endpoint).kind == .hostKeyUnknown)
                }
            }
        }
    }
}
