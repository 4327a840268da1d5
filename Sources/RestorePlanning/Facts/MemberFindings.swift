package import RemoteHost

/// What came of asking one member.
package enum MemberFindings: Sendable, Hashable {
    case facts(HostFacts)
    /// The host could not be asked.
    case unreachable(HostFailure)
    /// The host was asked and the answer cannot be used.
    case unreadable(String)

    package var facts: HostFacts? {
        switch self {
        case .facts(let facts): facts
        case .unreachable, .unreadable: nil
        }
    }
}
