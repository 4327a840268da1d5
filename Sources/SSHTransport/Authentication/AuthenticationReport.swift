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
    /// The server's comma list, as it sent it.
    var offeredMethods: String
    /// What to do about a certificate that could not even be offered.
    var certificateHint: String?
    /// What the server said where it hung up in the middle.
    var hangUp: String?

    func message(_ endpoint: HostEndpoint) -> String {
        let who = "\(endpoint.user)@\(endpoint.authority)"
        guard offersPublicKey else {
            return "\(who) takes no keys: the server offers \(offeredMethods)"
        }
        let tried =
            attempts.isEmpty
            ? "there is no key to try"
            : "tried " + attempts.map { "\($0.label): \($0.reason)" }.joined(separator: "; ")
        let end = hangUp.map { "; then the server hung up: \($0)" } ?? ""
        return
            "no key was accepted for \(who) (the server offers \(offeredMethods)); \(tried)\(end)"
    }

    func hint(_ endpoint: HostEndpoint) -> String {
        if !offersPublicKey {
            return "allow PubkeyAuthentication in sshd_config on the host"
        }
        if let certificateHint { return certificateHint }
        if hangUp != nil {
            return "the server allows only a few keys (MaxAuthTries): name the right one in "
                + "identity-files, so that it is tried first"
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

    private var offersPublicKey: Bool {
        offeredMethods.split(separator: ",").contains("publickey")
    }
}
