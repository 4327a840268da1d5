package import RemoteHost

/// Opens SSH connections with libssh2.
package struct SSHConnector: HostConnector {
    package struct Settings: Sendable {
        /// From resolving the name to being logged in, without the time a person takes to type.
        package var connectTimeout: Duration
        /// How long an sshd that closes connections before it says anything is tried again.
        package var busyLimit: Duration
        /// How long a peer that is asked for a sign of life may give none; at least 3 seconds.
        package var silenceLimit: Duration
        /// From this round trip on a long input takes several channels of its connection.
        package var longRoundTrip: Duration
        /// The SSH agent's socket; nil for no agent.
        package var agentSocket: String?
        /// Asks a person for a secret, as "passphrase for FILE", once for each; nil where nobody is
        /// there.
        package var ask: @Sendable (_ question: String) -> String?

        package init(
            connectTimeout: Duration = .seconds(10),
            busyLimit: Duration = .seconds(20),
            silenceLimit: Duration = .seconds(15),
            longRoundTrip: Duration = .milliseconds(15),
            agentSocket: String? = nil,
            ask: @escaping @Sendable (_ question: String) -> String? = { _ in nil }
        ) {
            precondition(silenceLimit >= .seconds(3), "a keepalive is sent once a second at most")
            self.connectTimeout = connectTimeout
            self.busyLimit = busyLimit
            self.silenceLimit = silenceLimit
            self.longRoundTrip = longRoundTrip
            self.agentSocket = agentSocket
            self.ask = ask
        }
    }

    private let settings: Settings
    private let vault: KeyVault
    private let secrets: SecretVault

    package init(settings: Settings = Settings()) {
        self.settings = settings
        vault = KeyVault(ask: settings.ask)
        secrets = SecretVault(ask: settings.ask)
    }

    /// Connects, verifies the host's key against known_hosts and logs in with a key.
    ///
    /// Cancelling the task ends it within a second.
    package func connect(to endpoint: HostEndpoint) async throws -> any HostConnection {
        let connection: SSHConnection
        do throws(SSHError) {
            connection = try SSHConnection(
                to: endpoint,
                longRoundTrip: settings.longRoundTrip,
                secrets: secrets
            )
        } catch {
            throw HostFailure(error, endpoint: endpoint)
        }
        try await connection.open(settings: settings, vault: vault)
        return connection
    }
}
