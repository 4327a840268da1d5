import RemoteHost
import SSHTransport

/// How this process reaches hosts.
enum Connections {
    static func connector(world: World) -> any HostConnector {
        SSHConnector(
            settings: SSHConnector.Settings(
                agentSocket: world.environment["SSH_AUTH_SOCK"],
                ask: { question in
                    world.inputIsTerminal ? SecretPrompt.ask(question) : nil
                }
            )
        )
    }
}
