/// What known_hosts says about a key that a host has shown.
enum HostKeyVerdict {
    case known
    case unknown(UnknownReason)
    /// Other keys are known for the host, and not this one.
    case changed([KnownHosts.Entry])
    case revoked(KnownHosts.Place)

    struct UnknownReason: Equatable {
        /// A certificate authority is known for the host; certificates are not supported.
        var hasCertAuthority = false
        /// Only an ssh-rsa key is known, which libssh2 before 1.11 cannot ask a modern sshd for.
        var hasOnlyRSA = false
    }
}

extension KnownHosts {
    /// Judges a key as OpenSSH does with `StrictHostKeyChecking yes`.
    ///
    /// A host on another port than 22 that is not known as `[host]:port` may be known as `host`.
    func verdict(on key: HostKey, of host: String, port: UInt16) -> HostKeyVerdict {
        let verdict = verdict(on: key, under: Self.name(of: host, port: port))
        guard case .unknown = verdict, port != 22 else { return verdict }
        switch self.verdict(on: key, under: Self.name(of: host, port: 22)) {
        case .known: return .known
        case .revoked(let place): return .revoked(place)
        // OpenSSH does not hold the key of another port against the host.
        case .unknown, .changed: return verdict
        }
    }

    private func verdict(on key: HostKey, under name: String) -> HostKeyVerdict {
        let matching = entries.filter { $0.hosts.matches(name) }
        if let revoked = matching.first(where: { $0.marker == .revoked && $0.key == key }) {
            return .revoked(revoked.place)
        }
        let plain = matching.filter { $0.marker == nil }
        if plain.contains(where: { $0.key == key }) { return .known }
        // An RSA key that is known and not shown says nothing: libssh2 1.10 could not ask for it.
        let others = plain.filter { $0.key.type == key.type || $0.key.type != "ssh-rsa" }
        if !others.isEmpty { return .changed(others) }
        return .unknown(
            HostKeyVerdict.UnknownReason(
                hasCertAuthority: matching.contains { $0.marker == .certAuthority },
                hasOnlyRSA: !plain.isEmpty
            )
        )
    }
}
