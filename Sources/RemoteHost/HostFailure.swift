/// The host could not be asked, or did not answer.
///
/// Says who, what, and what to do next.
package struct HostFailure: Error, Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No connection: name not resolved, refused, no route, no banner.
        case unreachable
        /// known_hosts does not know the host.
        case hostKeyUnknown
        /// known_hosts has another key, or has this one as revoked.
        case hostKeyRejected
        /// The two ends share no algorithm.
        case noCommonAlgorithm
        /// No key of ours was accepted, or a key file cannot be used.
        case authentication
        /// The server refused to open a channel, as with MaxSessions.
        case refusedChannel
        /// The connection broke while a command was under way.
        case disconnected
        /// The deadline passed, or the peer was silent for too long.
        case timedOut
        /// The task was cancelled.
        case cancelled
        /// Reading the input failed on this side.
        case localInput
        /// Taking the output failed on this side.
        case localOutput
        /// Anything else of the SSH library.
        case transport
    }

    package var kind: Kind
    package var host: String
    /// The fact, lower case, no final stop.
    package var message: String
    package var hint: String?

    package init(_ kind: Kind, host: String, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.host = host
        self.message = message
        self.hint = hint
    }

    /// Whether trying again may help without anybody doing anything.
    package var isTransient: Bool {
        switch kind {
        case .unreachable, .disconnected, .timedOut, .refusedChannel, .transport: true
        case .hostKeyUnknown, .hostKeyRejected, .noCommonAlgorithm, .authentication, .cancelled,
            .localInput, .localOutput:
            false
        }
    }
}

extension HostFailure: CustomStringConvertible {
    package var description: String { "\(host): \(message)" }
}
