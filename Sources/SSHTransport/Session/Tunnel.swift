import Glibc
import RemoteHost
import Synchronization

/// A connection through a jump host: a session there on a thread of its own, one channel of it, and
/// a socket whose other end the next session takes for a network.
///
/// So what is at the end of the way is spoken to end to end: its key is verified and it is logged
/// into as if it were reached directly, and the jump host sees what is encrypted for it.
enum Tunnel {
    /// Opens the way to an endpoint whose last jump is given.
    ///
    /// - Throws: `.atJump`, `.jumpRefused`, `.cancelled`.
    static func socket(
        to endpoint: HostEndpoint,
        through jump: HostEndpoint,
        settings: SSHConnector.Settings,
        vault: KeyVault,
        secrets: SecretVault,
        interrupt: Interrupt
    ) throws(SSHError) -> Socket {
        let (near, far) = try Socket.pair()
        let fate = TunnelFate()
        let socket = Socket(descriptor: near, tunnel: fate)
        let opening = try Opening()
        let host = JumpHost(host: jump.host, port: jump.port, user: jump.user)
        do throws(SSHError) {
            try DetachedThread.start {
                let far = Socket(descriptor: far)
                let result = Result { () throws(SSHError) in
                    try Handshake.session(
                        with: jump,
                        settings: settings,
                        vault: vault,
                        secrets: secrets,
                        isJump: true,
                        interrupt: interrupt
                    )
                }
                switch result {
                case .failure(let error):
                    opening.settle(.failure(.atJump(jump, error)))
                case .success(let session):
                    pass(far, endpoint, host, session, settings, opening, fate)
                }
            }
        } catch {
            close(far)
            throw error
        }
        try opening.wait(interrupt)
        return socket
    }

    /// On the tunnel's thread, until either end has ended.
    private static func pass(
        _ socket: borrowing Socket,
        _ endpoint: HostEndpoint,
        _ jump: JumpHost,
        _ session: Session,
        _ settings: SSHConnector.Settings,
        _ opening: Opening,
        _ fate: TunnelFate
    ) {
        do throws(SSHError) {
            let channel = try Channel(
                session,
                to: endpoint.host,
                port: endpoint.port,
                Deadline(after: settings.connectTimeout)
            )
            opening.settle(.success(()))
            do throws(SSHError) {
                var pump = TunnelPump(socket: socket.descriptor, channel, session)
                try pump.run()
                fate.reason = "the connection from \(jump) onwards was closed"
            } catch {
                let words = HostFailure(error, endpoint: endpoint.lastJump ?? endpoint)
                fate.reason = "the jump host: \(words.message)"
            }
        } catch .channelRefused(let reason) {
            opening.settle(.failure(.jumpRefused(jump, reason)))
        } catch .timedOut(_, let limit) {
            // its session still gives signs of life: it is its own attempt that gets no answer
            let reason = "it got no answer within \(limit.inSeconds)"
            opening.settle(.failure(.jumpRefused(jump, reason)))
        } catch {
            opening.settle(.failure(endpoint.lastJump.map { .atJump($0, error) } ?? error))
        }
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
        session.sayGoodbye(Deadline(after: .seconds(1)))
    }

    /// What the tunnel's thread has to say once, and who waits for it.
    private final class Opening: Sendable {
        private let result = Mutex<Result<Void, SSHError>?>(nil)
        private let isSettled: Interrupt

        init() throws(SSHError) { isSettled = try Interrupt() }

        func settle(_ value: Result<Void, SSHError>) {
            result.withLock { $0 = value }
            isSettled.raise()
        }

        /// The thread has deadlines of its own; a person may be asked for a passphrase there.
        func wait(_ interrupt: Interrupt) throws(SSHError) {
            while true {
                let readiness = Readiness.of(
                    isSettled.descriptor,
                    interrupt: interrupt,
                    until: .now.advanced(by: .seconds(3600))
                )
                if readiness.isInterrupted { throw .cancelled("connecting to a jump host") }
                if let result = result.withLock({ $0 }) { return try result.get() }
            }
        }
    }
}

/// Why a tunnel has ended, for whoever finds its socket closed.
final class TunnelFate: Sendable {
    private let words = Mutex<String?>(nil)

    /// nil while it lives.
    var reason: String? {
        get { words.withLock { $0 } }
        set { words.withLock { $0 = newValue } }
    }
}
