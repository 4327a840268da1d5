import CLibSSH2
import Glibc
import RemoteHost

/// From a TCP connection to a session whose host is known and whose user is logged in.
enum Handshake {
    /// Connects and logs in; tries again for a while if sshd is busy and closes the connection.
    static func session(
        with endpoint: HostEndpoint,
        settings: SSHConnector.Settings,
        vault: KeyVault,
        secrets: SecretVault,
        isJump: Bool = false,
        interrupt: Interrupt
    ) throws(SSHError) -> Session {
        var tries = BusyTries(within: settings.busyLimit)
        while true {
            do throws(SSHError) {
                return try attempt(
                    with: endpoint,
                    settings: settings,
                    vault: vault,
                    secrets: secrets,
                    isJump: isJump,
                    interrupt: interrupt
                )
            } catch {
                guard case .noBanner(let heard, _) = error, BusyServer.mayLetIn(heard: heard) else {
                    throw error
                }
                if isJump { LoginLimit.atJumpHosts.narrow(endpoint.authority) }
                guard let pause = tries.next() else {
                    throw .noBanner(heard: heard, tries: tries.count)
                }
                let end = ContinuousClock.now.advanced(by: pause)
                guard !Readiness.of(nil, interrupt: interrupt, until: end).isInterrupted else {
                    throw .cancelled("waiting for a busy sshd")
                }
            }
        }
    }

    private static func attempt(
        with endpoint: HostEndpoint,
        settings: SSHConnector.Settings,
        vault: KeyVault,
        secrets: SecretVault,
        isJump: Bool,
        interrupt: Interrupt
    ) throws(SSHError) -> Session {
        let knownHosts = knownHosts(endpoint.knownHostsFiles)
        // each host on the way has its own time
        let tunnel: Socket? =
            if let jump = endpoint.lastJump {
                try Tunnel.socket(
                    to: endpoint,
                    through: jump,
                    settings: settings,
                    vault: vault,
                    secrets: secrets,
                    interrupt: interrupt
                )
            } else { nil }
        if isJump { try LoginLimit.atJumpHosts.enter(endpoint.authority, interrupt) }
        defer { if isJump { LoginLimit.atJumpHosts.leave(endpoint.authority) } }
        let deadline = Deadline(after: settings.connectTimeout)
        let socket =
            if let tunnel { tunnel } else {
                try Socket.connect(
                    to: endpoint.host,
                    port: endpoint.port,
                    interrupt: interrupt,
                    deadline: deadline
                )
            }
        let session = try Session(
            socket,
            interrupt: interrupt,
            silenceLimit: settings.silenceLimit
        )
        let known = endpoint.knownAs
        let types = knownHosts.keyTypes(of: known.host, port: known.port)
        let preferences = AlgorithmPreferences(withSHA1: endpoint.offersLegacy)
        try prefer(preferences, hostKeys: preferences.hostKeys(knownTypes: types), in: session)
        try exchangeKeys(session, deadline)
        try verifyHostKey(session, knownHosts, endpoint)
        var authenticator = Authenticator(
            session: session,
            endpoint: endpoint,
            agentSocket: settings.agentSocket,
            vault: vault,
            passwordLogin: endpoint.password.map { source in
                PasswordLogin(
                    session: session,
                    endpoint: endpoint,
                    source: source,
                    question: isJump
                        ? "password of \(endpoint.user) on the jump host \(endpoint.authority)"
                        : "password of \(endpoint.user)",
                    secrets: secrets,
                    interrupt: interrupt
                )
            },
            interrupt: interrupt,
            deadline: deadline
        )
        try authenticator.logIn()
        session.startKeepalive()
        return session
    }

    /// Reads the files that are there; those that cannot be read are remembered for the message.
    private static func knownHosts(_ paths: [String]) -> KnownHosts {
        var knownHosts = KnownHosts()
        for path in paths {
            do throws(TextFile.Unreadable) {
                knownHosts.read(try TextFile(path: path).text, file: path)
            } catch {
                if !error.isMissing {
                    knownHosts.unreadableFiles.append("\(path): \(error.reason)")
                }
            }
        }
        return knownHosts
    }

    private static func prefer(
        _ preferences: AlgorithmPreferences,
        hostKeys: [String],
        in session: Session
    ) throws(SSHError) {
        let methods: [(Int32, [String])] = [
            (LIBSSH2_METHOD_HOSTKEY, hostKeys),
            (LIBSSH2_METHOD_KEX, preferences.keyExchange),
            (LIBSSH2_METHOD_CRYPT_CS, preferences.ciphers),
            (LIBSSH2_METHOD_CRYPT_SC, preferences.ciphers),
            (LIBSSH2_METHOD_MAC_CS, preferences.macs),
            (LIBSSH2_METHOD_MAC_SC, preferences.macs),
        ]
        for (method, names) in methods {
            let code = session.inspect { raw in
                unsafe libssh2_session_method_pref(raw, method, names.joined(separator: ","))
            }
            _ = try session.check(Int(code), "choosing algorithms")
        }
    }

    private static func exchangeKeys(_ session: Session, _ deadline: Deadline) throws(SSHError) {
        let descriptor = session.wire.descriptor
        do throws(SSHError) {
            try session.complete("exchanging keys", deadline) { raw in
                unsafe libssh2_session_handshake(raw, descriptor)
            }
        } catch {
            throw explained(error, session.wire.transcript)
        }
        session.wire.endTranscript()
    }

    /// libssh2 gives one code for most failures here; the transcript tells them apart.
    private static func explained(_ error: SSHError, _ transcript: Wire.Transcript?) -> SSHError {
        guard let transcript else { return error }
        if let ours = AlgorithmOffer(firstBytes: transcript.sent),
            let theirs = AlgorithmOffer(firstBytes: transcript.received)
        {
            let gaps = ours.gaps(to: theirs)
            if !gaps.isEmpty { return .noCommonAlgorithm(gaps) }
        }
        let isSSH =
            transcript.received.starts(with: "SSH-".utf8)
            || String(decoding: transcript.received, as: UTF8.self).contains("\nSSH-")
        let heard = String(decoding: transcript.received.prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        switch error {
        case .library where !isSSH, .disconnected where !isSSH: return .noBanner(heard: heard)
        case .library(_, let code, let reason): return .keyExchange(code: code, reason)
        case .disconnected(let reason, _): return .keyExchange(code: 0, reason)
        default: return error
        }
    }

    private static func verifyHostKey(
        _ session: Session,
        _ knownHosts: KnownHosts,
        _ endpoint: HostEndpoint
    ) throws(SSHError) {
        let blob = session.inspect { raw in
            var count = 0
            var type: Int32 = 0
            let key = unsafe libssh2_session_hostkey(raw, &count, &type)
            return unsafe Array(UnsafeRawBufferPointer(start: key, count: count))
        }
        guard let key = HostKey(blob: blob) else {
            throw .keyExchange(code: 0, "the host's key cannot be read")
        }
        let known = endpoint.knownAs
        let verdict = knownHosts.verdict(on: key, of: known.host, port: known.port)
        if case .known = verdict { return }
        throw .hostKey(
            HostKeyRefusal(
                key: key,
                verdict: verdict,
                name: KnownHosts.name(of: known.host, port: known.port),
                files: endpoint.knownHostsFiles,
                badLines: knownHosts.badLines,
                unreadableFiles: knownHosts.unreadableFiles
            )
        )
    }
}
