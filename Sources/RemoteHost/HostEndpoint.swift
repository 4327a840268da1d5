/// Where a host is and how to get in: one connection's settings.
package struct HostEndpoint: Sendable, Hashable, Codable {
    /// What known_hosts is asked for and what is resolved: a name or an IPv4 or IPv6 address.
    package var host: String
    package var port: UInt16
    package var user: String
    /// Private keys on the coordinator, in the order they are tried; before the agent's.
    package var identityFiles: [String]
    package var knownHostsFiles: [String]
    package var become: Become
    /// The hosts that the way there leads through, from this machine outwards; nil in older plans.
    package var jumps: [JumpHost]?
    /// nil where no configuration of OpenSSH was asked.
    package var config: SSHConfigWords?
    /// What sudo is told; nil for a sudo that asks for nothing.
    package var becomePassword: SecretSource?
    /// What the host is told where it takes no key; nil for keys only.
    package var password: SecretSource?
    /// The same for the hosts on the way, which never hear the password of what is behind them.
    package var jumpPassword: SecretSource?
    /// Whether algorithms with SHA-1 are offered, for hosts that have nothing else; nil is no.
    package var legacy: Bool?
    package var offersLegacy: Bool { legacy == true }

    package init(
        host: String,
        port: UInt16 = 22,
        user: String,
        identityFiles: [String] = [],
        knownHostsFiles: [String] = [],
        become: Become = .none,
        jumps: [JumpHost]? = nil,
        config: SSHConfigWords? = nil,
        becomePassword: SecretSource? = nil,
        password: SecretSource? = nil,
        jumpPassword: SecretSource? = nil,
        legacy: Bool? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.identityFiles = identityFiles
        self.knownHostsFiles = knownHostsFiles
        self.become = become
        self.jumps = jumps
        self.config = config
        self.becomePassword = becomePassword
        self.password = password
        self.jumpPassword = jumpPassword
        self.legacy = legacy
    }
}

/// Where a secret is had from; never the secret itself, as this is in plans.
package enum SecretSource: Sendable, Hashable, Codable {
    /// A person is asked once, at a terminal.
    case asked
    /// The first line of a file on the coordinator.
    case file(String)
}

/// A host that only passes a connection on: it sees what is encrypted for the next.
package struct JumpHost: Sendable, Hashable, Codable {
    package var host: String
    package var port: UInt16
    package var user: String
    /// What OpenSSH's configuration has for it alone; nil: the same as for the host behind it.
    package var own: Own?

    /// Keys of its own: a bastion often has other ones than what is behind it.
    package struct Own: Sendable, Hashable, Codable {
        package var identityFiles: [String]
        package var knownHostsFiles: [String]
        package var config: SSHConfigWords

        package init(
            identityFiles: [String],
            knownHostsFiles: [String],
            config: SSHConfigWords
        ) {
            self.identityFiles = identityFiles
            self.knownHostsFiles = knownHostsFiles
            self.config = config
        }
    }

    package init(host: String, port: UInt16 = 22, user: String, own: Own? = nil) {
        self.host = host
        self.port = port
        self.user = user
        self.own = own
    }
}

extension JumpHost: CustomStringConvertible {
    /// As OpenSSH's ProxyJump has it: `ops@bastion`, `ops@bastion:2222`, `ops@[2001:db8::1]:22`.
    package var description: String {
        let isAddress = host.contains(":")
        let place = isAddress ? "[\(host)]" : host
        return "\(user)@\(place)" + (port == 22 && !isAddress ? "" : ":\(port)")
    }
}

extension HostEndpoint {
    /// `ops@a,ops@b:2222`; nil for a host that is reached directly.
    package var jumpText: String? {
        guard let jumps, !jumps.isEmpty else { return nil }
        return jumps.map(\.description).joined(separator: ",")
    }

    /// What follows `ssh` to get to the last jump host: `-J ops@gate -p 2222 ops@inner`.
    package var lastJumpArguments: String? {
        guard let jumps, let last = jumps.last else { return nil }
        let before = jumps.dropLast().map(\.description).joined(separator: ",")
        return (before.isEmpty ? "" : "-J \(before) ")
            + (last.port == 22 ? "" : "-p \(last.port) ") + "\(last.user)@\(last.host)"
    }

    /// The last host on the way as an endpoint of its own, with the same keys; nil where there is none.
    package var lastJump: HostEndpoint? {
        guard let jumps, let last = jumps.last else { return nil }
        return HostEndpoint(
            host: last.host,
            port: last.port,
            user: last.user,
            identityFiles: last.own?.identityFiles ?? identityFiles,
            knownHostsFiles: last.own?.knownHostsFiles ?? knownHostsFiles,
            jumps: jumps.dropLast(),
            config: last.own?.config,
            password: jumpPassword,
            jumpPassword: jumpPassword,
            legacy: legacy
        )
    }
}
