import RemoteHost

/// Everything that was tried when no key was accepted.
struct AuthenticationReport {
    struct Attempt {
        /// A file's path, an agent key's comment, or the agent itself.
        var label: String
        var reason: String
        /// What is wrong with the key's file; nil where the server or an agent refused the key.
        var problem: KeyFileProblem?
    }

    var attempts: [Attempt] = []
    /// The server's comma list, as it sent it last.
    var offeredMethods: String
    /// What the server accepted before it wanted more.
    var accepted: [String] = []
    var hasAcceptedPassword = false
    /// Why the password was of no use; nil where there is none, or it was accepted.
    var trouble: PasswordTrouble?
    /// Whether there is one, which keys go before.
    var hasPassword = false
    /// What to do about a certificate that could not even be offered.
    var certificateHint: String?
    /// What the server said where it hung up in the middle.
    var hangUp: String?

    /// Whether nothing else is to be tried.
    var isFinal: Bool {
        if hangUp != nil { return true }
        return switch trouble {
        case nil, .notOffered, .unasked: false
        case .refused, .refusedBefore, .expired, .questions, .hangUp: true
        }
    }

    // MARK: words

    func message(_ endpoint: HostEndpoint) -> String {
        let who = "\(endpoint.user)@\(endpoint.authority)"
        if let trouble { return message(trouble, who) + keys }
        guard accepted.isEmpty else {
            return "\(who) takes \(accepted.joined(separator: " and ")) and then wants more: the "
                + "server goes on with \(offeredMethods)\(keys)"
        }
        guard offers("publickey") else {
            return "\(who) takes no keys: the server offers \(offeredMethods)"
        }
        let tried = attempts.isEmpty ? "there is no key to try" : "tried " + told
        return
            "no key was accepted for \(who) (the server offers \(offeredMethods)); \(tried)\(end)"
    }

    private func message(_ trouble: PasswordTrouble, _ who: String) -> String {
        switch trouble {
        case .notOffered:
            "\(who) asks for no password: the server offers \(offeredMethods)"
        case .refused(let method):
            "\(who) does not take the password, sent by the method \(method.rawValue) (the server "
                + "offers \(offeredMethods))"
        case .refusedBefore:
            "\(who) did not take the password before, and is not sent it again"
        case .expired:
            "\(who) takes the password, but it has expired: the server wants a new one"
        case .unasked:
            "\(who) refused without asking for a password (the server offers \(offeredMethods))"
        case .hangUp(let reason):
            "\(who) hung up once it had the password: \(KeyboardDialogue.visible(reason))"
        case .questions(let refusal):
            "\(who) asks " + (refusal.isAgain ? "for more than the password" : "not for a password")
                + ": \(Self.quoted(refusal.prompts))"
                + (refusal.said.isEmpty ? "" : "; it said \(Self.quoted(refusal.said))")
        }
    }

    private static func quoted(_ texts: [String]) -> String {
        texts.map { "\u{201C}\($0)\u{201D}" }.joined(separator: ", ")
    }

    private var told: String {
        attempts.map { "\($0.label): \($0.reason)" }.joined(separator: "; ")
    }

    private var keys: String { attempts.isEmpty ? "" : "; keys that were tried: \(told)" }

    private var end: String {
        hangUp.map { "; then the server hung up: \($0)" } ?? ""
    }

    func hint(_ endpoint: HostEndpoint) -> String {
        if let trouble, let hint = hint(trouble, endpoint) { return hint }
        let takesPassword = offers("password") || offers("keyboard-interactive")
        if takesPassword, !accepted.isEmpty || !offers("publickey") {
            let setting = "set `password: ask` or `password-file: FILE` under ssh in the inventory"
            return accepted.isEmpty
                ? "\(setting) (jump-password for a jump host), or allow PubkeyAuthentication in "
                    + "sshd_config on the host"
                : "\(setting) (jump-password for a jump host): sshd_config on the host wants both "
                    + "(AuthenticationMethods)"
        }
        if !offers("publickey") {
            return "allow PubkeyAuthentication in sshd_config on the host"
        }
        if let certificateHint { return certificateHint }
        if hangUp != nil {
            return "the server allows only a few keys (MaxAuthTries): name the right one in "
                + "identity-files, so that it is tried first"
                + (hasPassword ? "; for the password, empty the agent (SSH_AUTH_SOCK)" : "")
        }
        if attempts.isEmpty {
            return "name a private key in identity-files, or start ssh-agent and ssh-add one"
        }
        // the server was not even asked: its authorized_keys is not at fault
        if let first = attempts.first, let problem = first.problem,
            attempts.allSatisfy({ $0.problem != nil })
        {
            return problem.hint(first.label)
        }
        return "add the public key to authorized_keys of \(endpoint.user) on the host, or name "
            + "another key in identity-files; ssh -v -p \(endpoint.port) "
            + "\(endpoint.user)@\(endpoint.host) shows what ssh would use"
    }

    private func hint(_ trouble: PasswordTrouble, _ endpoint: HostEndpoint) -> String? {
        let port = endpoint.port == 22 ? "" : "-p \(endpoint.port) "
        let way = endpoint.jumpText.map { "-J \($0) " } ?? ""
        let login = "`ssh \(way)\(port)\(endpoint.user)@\(endpoint.host)`"
        return switch trouble {
        case .notOffered:
            "allow PasswordAuthentication in sshd_config on the host, for root PermitRootLogin too; "
                + "or add a public key to authorized_keys of \(endpoint.user) there"
        case .refused, .refusedBefore, .hangUp:
            "it is sent once to each host in a run and never again, so that no account is locked; "
                + "try \(login) by hand, then mend the password. sshd refuses root's unless it has "
                + "PermitRootLogin yes"
        case .expired: "log in with \(login) and set a new one, then mend the inventory's"
        case .questions(let refusal):
            refusal.isAgain
                ? "see \(login): has the password expired, or is it wrong? A one-time code cannot be "
                    + "given here: use a key for \(endpoint.user)"
                : "only a password is answered, not a one-time code: use a key for "
                    + "\(endpoint.user), or a user whom the host asks for the password alone"
        case .unasked:
            "see sshd's and PAM's log on the host: the account may be locked or not allowed"
        }
    }

    private func offers(_ method: Substring) -> Bool {
        offeredMethods.split(separator: ",").contains(method)
    }
}
