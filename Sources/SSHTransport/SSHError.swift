import RemoteHost

/// What can go wrong on the way to a host and back, before it is put into words.
///
/// `HostFailure.init(_:endpoint:)` is the one place that words it.
indirect enum SSHError: Error {
    /// It went wrong on the way to, or at, a host that was to be jumped through.
    case atJump(HostEndpoint, SSHError)
    /// A jump host does not pass the connection on.
    case jumpRefused(JumpHost, String)
    case nameNotResolved(String)
    /// Every address was tried; one line each.
    case notConnected(ConnectProblem, attempts: [String])
    /// The server closed or said something else before it sent `SSH-2.0-…`.
    case noBanner(heard: String, tries: Int = 1)
    case keyExchange(code: Int32, String)
    case noCommonAlgorithm([AlgorithmGap])
    case hostKey(HostKeyRefusal)
    case authentication(AuthenticationReport)
    /// A password that is needed and cannot be had: what was asked for, and why not.
    case secret(String, SecretProblem)
    /// sudo did not take the password; what it said.
    case becomeRefused(String)
    case channelRefused(String)
    /// The host did something else than the command, and said that it went well.
    case notBegun(String)
    /// The peer closed the connection, or the kernel gave up on it.
    case disconnected(String, during: String)
    case timedOut(String, after: Duration)
    /// No byte came although the peer was asked for a sign of life.
    case silent(String, for: Duration)
    case cancelled(String)
    case localInput(String)
    case localOutput(String)
    /// An earlier failure ended the connection.
    case closed(because: String)
    case library(String, code: Int32, String)
    /// This machine refused something: a descriptor, a thread, memory.
    case local(String)

    enum ConnectProblem {
        case refused
        case noRoute
        case noAnswer
        case other
    }

    /// Whether the connection can still be used after it.
    var leavesConnectionUsable: Bool {
        switch self {
        case .channelRefused, .notBegun: true
        default: false
        }
    }
}
