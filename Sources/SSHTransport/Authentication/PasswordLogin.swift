import RemoteHost

/// Logs in with a password, by whichever method the server has for it.
struct PasswordLogin {
    let session: Session
    let endpoint: HostEndpoint
    let source: SecretSource
    /// What a person is asked for: `password of ops`.
    let question: String
    let secrets: SecretVault
    let interrupt: Interrupt

    enum Method: String {
        case password
        case keyboardInteractive = "keyboard-interactive"
    }

    enum Outcome {
        case accepted
        /// It was right, and the server goes on with these methods.
        case wantsMore(methods: String)
        case failed(PasswordTrouble)
    }

    /// Has the password, sends it at most once, and remembers what came of it.
    ///
    /// Until the server has once taken it, whatever happens after it was sent counts as a refusal:
    /// what counts failures there may have counted this one.
    func logIn(
        by method: Method,
        offeredWith methods: String,
        _ deadline: inout Deadline
    ) throws(SSHError) -> Outcome {
        let password = try secrets.secret(
            source,
            question,
            interrupt: interrupt,
            deadline: &deadline
        )
        let account = SecretVault.account(endpoint)
        let tries = secrets.logins
        let leave = try tries.begin(account, interrupt: interrupt, deadline: &deadline)
        guard leave != .none else { return .failed(.refusedBefore) }
        var isSent = false
        do throws(SSHError) {
            let outcome = try outcome(method, methods, password, &isSent, deadline)
            if case .failed = outcome {
                if isSent { tries.end(account, isAccepted: false) } else { tries.callOff(account) }
            } else {
                tries.end(account, isAccepted: true)
            }
            return outcome
        } catch {
            if isSent, leave == .first {
                tries.end(account, isAccepted: false)
            } else {
                tries.callOff(account)
            }
            if isSent, case .disconnected(let reason, _) = error {
                return .failed(.hangUp(reason))
            }
            throw error
        }
    }

    private func outcome(
        _ method: Method,
        _ methods: String,
        _ password: String,
        _ isSent: inout Bool,
        _ deadline: Deadline
    ) throws(SSHError) -> Outcome {
        let user = endpoint.user
        let answer: Session.PasswordAnswer
        switch method {
        case .password:
            isSent = true
            answer = try session.authenticate(user, password: password, deadline)
        case .keyboardInteractive:
            answer = try session.authenticate(
                user,
                answering: password,
                deadline,
                isSent: &isSent
            )
        }
        switch answer {
        case .accepted: return .accepted
        case .unasked: return .failed(.unasked)
        case .expired: return .failed(.expired)
        case .questions(let refusal): return .failed(.questions(refusal))
        case .refused:
            // A password that was right, where more is needed, is answered like a wrong one; only
            // another list of methods tells. To ask counts as a failure there, so it is done only
            // where the server goes through its methods one by one.
            guard methods == method.rawValue,
                let now = try? session.offeredMethods(user, deadline), now != methods
            else { return .failed(.refused(method)) }
            return .wantsMore(methods: now)
        }
    }
}

/// Why a password was of no use.
enum PasswordTrouble {
    /// The server has no method that takes one.
    case notOffered
    case refused(PasswordLogin.Method)
    /// Another connection of this run sent it already.
    case refusedBefore
    case expired
    case questions(KeyboardDialogue.Refusal)
    case unasked
    /// The server closed the connection once it had it.
    case hangUp(String)
}
