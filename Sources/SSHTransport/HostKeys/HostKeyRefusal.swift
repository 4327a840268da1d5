import RemoteHost

/// Why a host's key is not trusted, with what a person needs to decide.
struct HostKeyRefusal {
    var key: HostKey
    /// The reason; never `.known`.
    var verdict: HostKeyVerdict
    /// `host` or `[host]:port`, as it is looked up.
    var name: String
    var files: [String]
    var badLines: [KnownHosts.Place]
    var unreadableFiles: [String]

    var kind: HostFailure.Kind {
        switch verdict {
        case .unknown, .known: .hostKeyUnknown
        case .changed, .revoked: .hostKeyRejected
        }
    }

    var message: String {
        switch verdict {
        case .known, .unknown:
            "host key of \(name) is not known: it shows \(key.type) \(key.fingerprint)"
        case .changed(let entries):
            "host key of \(name) has CHANGED: it shows \(key.type) \(key.fingerprint), known is "
                + entries.map { "\($0.key.type) \($0.key.fingerprint) (\($0.place))" }
                .joined(separator: ", ")
        case .revoked(let place):
            "host key of \(name) is REVOKED by \(place): it shows \(key.type) \(key.fingerprint)"
        }
    }

    func hint(_ endpoint: HostEndpoint) -> String {
        switch verdict {
        case .known, .unknown: unknownHint(endpoint)
        case .changed:
            "someone may be in between, or the host was reinstalled. On the host's console run "
                + "\(consoleCommand); only if it prints the fingerprint shown, remove the old line "
                + "with ssh-keygen -R '\(name)' -f \(files.first ?? "known_hosts") and add the new"
        case .revoked:
            "do not use this host until its owner has given it a new key"
        }
    }

    private func unknownHint(_ endpoint: HostEndpoint) -> String {
        var hint =
            "compare with the host's console: \(consoleCommand); if it is the same, "
            + (endpoint.lastJumpArguments.map { "ssh \($0) " } ?? "")
            + "ssh-keyscan -t \(scanType) -p \(endpoint.port) \(endpoint.host) \(renamed(endpoint))"
            + ">> \(files.first ?? "known_hosts")"
        if case .unknown(let reason) = verdict {
            if reason.hasCertAuthority {
                hint +=
                    "; known_hosts has a @cert-authority for it, but host certificates are "
                    + "not supported"
            }
            if reason.hasOnlyRSA {
                hint += "; known_hosts has only its ssh-rsa key, which this libssh2 cannot use"
            }
        }
        for file in unreadableFiles { hint += "; could not read \(file)" }
        if let first = badLines.first {
            hint += "; \(badLines.count) line(s) could not be read, the first is \(first)"
        }
        return hint
    }

    /// A HostKeyAlias is what known_hosts must have in the place of the host.
    private func renamed(_ endpoint: HostEndpoint) -> String {
        endpoint.config?.hostKeyAlias.map { "| sed 's/^[^ ]*/\($0)/' " } ?? ""
    }

    /// The type as `ssh-keyscan -t` and the key file's name have it.
    private var scanType: String {
        if key.type.hasPrefix("ecdsa") { return "ecdsa" }
        return key.type == "ssh-rsa" ? "rsa" : "ed25519"
    }

    private var consoleCommand: String {
        "ssh-keygen -lf /etc/ssh/ssh_host_\(scanType)_key.pub"
    }
}
