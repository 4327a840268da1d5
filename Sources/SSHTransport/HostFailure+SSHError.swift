import RemoteHost

extension HostFailure {
    /// Puts an error into words: who, what, and what to do next.
    init(_ error: SSHError, endpoint: HostEndpoint) {
        let words = error.words(for: endpoint)
        self.init(words.kind, host: endpoint.host, words.message, hint: words.hint)
    }
}

extension HostEndpoint {
    /// `host:port`, with brackets around an IPv6 address.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SSHError {
    fileprivate typealias Words = (kind: HostFailure.Kind, message: String, hint: String?)

    fileprivate func words(for endpoint: HostEndpoint) -> Words {
        let place = endpoint.authority
        switch self {
        case .atJump(let hop, let error):
            let words = error.words(for: hop)
            // a jump of a jump says so itself, and it is the first one that failed that counts
            if case .atJump = error { return words }
            return (words.kind, "jump host \(hop.authority): \(words.message)", words.hint)
        case .jumpRefused(let jump, let reason):
            return (
                .unreachable, "the jump host \(jump) does not pass on to \(place): \(reason)",
                "try `ssh -W \(place) \(endpoint.lastJumpArguments ?? jump.description)`: it must reach the host, and its sshd_config must "
                    + "allow it (AllowTcpForwarding, PermitOpen, DisableForwarding)"
            )
        case .nameNotResolved(let reason):
            return (
                .unreachable, "cannot resolve \(endpoint.host): \(reason)",
                "check the host in the inventory, and DNS or /etc/hosts on this machine"
            )
        case .notConnected(let problem, let attempts):
            // an address that was given as such is not said twice
            let list = attempts.map { attempt in
                attempt.hasPrefix("\(place): ")
                    ? String(attempt.dropFirst(place.count + 2)) : attempt
            }
            .joined(separator: "; ")
            return (.unreachable, "cannot connect to \(place): \(list)", problem.hint(endpoint))
        case .noBanner(let heard, let tries):
            let what = heard.isEmpty ? "" : ": it said \u{201C}\(heard)\u{201D}"
            let often = tries > 1 ? " in \(tries) tries" : ""
            return (
                .unreachable, "\(place) did not answer with an SSH banner\(often)\(what)",
                BusyServer.hint(heard: heard, port: endpoint.port)
            )
        case .keyExchange(let code, let reason):
            return (
                .unreachable, "key exchange with \(place) failed: \(reason) (libssh2 \(code))",
                "see sshd's log on the host"
            )
        case .noCommonAlgorithm(let gaps):
            return (
                .noCommonAlgorithm,
                "no algorithm in common with \(place): "
                    + gaps.map(\.description).joined(separator: "; "),
                Self.hint(gaps, endpoint)
            )
        case .hostKey(let refusal):
            return (refusal.kind, refusal.message, refusal.hint(endpoint))
        case .authentication(let report):
            return (.authentication, report.message(endpoint), report.hint(endpoint))
        case .secret(let what, let problem):
            let words = problem.words
            return (.authentication, "no \(what): \(words.reason)", words.hint)
        case .becomeRefused(let said):
            let why = said.isEmpty ? "" : ": \(said)"
            return (
                .authentication,
                "sudo on \(place) does not take the password of \(endpoint.user)\(why)",
                "it was sent once and is not sent again, so that no account is locked; try "
                    + "`ssh -t \(endpoint.user)@\(endpoint.host) sudo -v`, then mend the password"
            )
        case .channelRefused(let reason):
            return (
                .refusedChannel, "\(place) refused to open a channel: \(reason)",
                "check MaxSessions in sshd_config on the host"
            )
        case .notBegun(let said):
            let what = said.isEmpty ? "" : ": it said \u{201C}\(said)\u{201D}"
            return (
                .refusedChannel, "\(place) did not run the command of \(endpoint.user)\(what)",
                "see ForceCommand in sshd_config, command= in authorized_keys and the user's login "
                    + "shell on the host: one of them does something else"
            )
        case .disconnected(let reason, let operation):
            return (
                .disconnected, "the connection to \(place) broke while \(operation): \(reason)",
                "whether the command ran to its end is unknown; look at the host before a retry"
            )
        case .timedOut(let operation, let limit):
            return (
                .timedOut, "\(place) did not finish within \(limit.inSeconds) while \(operation)",
                "the host may be overloaded or frozen; if a command was under way, whether it ran "
                    + "to its end is unknown"
            )
        case .silent(let operation, let duration):
            return (
                .timedOut, "\(place) was silent for \(duration.inSeconds) while \(operation)",
                "the host may be frozen, overloaded or cut off from the network; if a command was "
                    + "under way, whether it ran to its end is unknown"
            )
        case .cancelled(let operation): return (.cancelled, "cancelled while \(operation)", nil)
        case .localOutput(let reason):
            return (.localOutput, "taking the output of \(place) failed: \(reason)", nil)
        case .localInput(let reason):
            return (.localInput, "reading the input for \(place) failed: \(reason)", nil)
        case .closed(let reason):
            return (.disconnected, "the connection to \(place) is closed: \(reason)", nil)
        case .library(let operation, let code, let reason):
            return (.transport, "\(operation) on \(place): \(reason) (libssh2 \(code))", nil)
        case .local(let reason):
            return (.transport, "this machine: \(reason)", nil)
        }
    }
}

extension SSHError {
    private static func hint(_ gaps: [AlgorithmGap], _ endpoint: HostEndpoint) -> String {
        if !endpoint.offersLegacy && gaps.allSatisfy(AlgorithmPreferences.hasLegacy) {
            return
                "update sshd on the host; until then, `legacy: true` under `ssh` in the inventory "
                + "offers SHA-1 to it"
        }
        let missing = gaps.flatMap(AlgorithmPreferences.lackedByLibrary)
        guard missing.isEmpty else {
            return "this machine's libssh2 \(AlgorithmPreferences.libraryVersion) has no "
                + "\(missing.joined(separator: ", ")); 1.11 and later have (Debian 13, Ubuntu "
                + "24.04): run Rekindle from such a machine, or let the host's sshd_config allow "
                + "one of ours as well"
        }
        return "let the host's sshd_config allow one of ours as well, for a restore through it"
    }
}

extension SSHError.ConnectProblem {
    fileprivate func hint(_ endpoint: HostEndpoint) -> String? {
        switch self {
        case .refused: "nothing listens on port \(endpoint.port): is sshd running there?"
        case .noRoute: "check the address, the network and VPN of this machine"
        case .noAnswer:
            "check the address, that the host is up, and the firewalls to port \(endpoint.port)"
        case .other: nil
        }
    }
}

extension Duration {
    /// `2.5 s`, as a person says it.
    var inSeconds: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0
            ? "\(Int(tenths / 10)) s" : "\(tenths / 10) s"
    }
}
