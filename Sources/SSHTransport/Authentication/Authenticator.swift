import Glibc
import RemoteHost

/// Logs a user in with the first key that the server accepts, or with a password.
struct Authenticator {
    private let session: Session
    private let endpoint: HostEndpoint
    private let agentSocket: String?
    private let vault: KeyVault
    /// nil where there is no password.
    private let passwordLogin: PasswordLogin?
    private let interrupt: Interrupt
    private var deadline: Deadline
    private var report = AuthenticationReport(offeredMethods: "")

    init(
        session: Session,
        endpoint: HostEndpoint,
        agentSocket: String?,
        vault: KeyVault,
        passwordLogin: PasswordLogin?,
        interrupt: Interrupt,
        deadline: Deadline
    ) {
        self.session = session
        self.endpoint = endpoint
        self.agentSocket =
            switch endpoint.config?.identityAgent {
            case nil: agentSocket
            case "none": nil
            case let socket?: socket
            }
        self.vault = vault
        self.passwordLogin = passwordLogin
        self.interrupt = interrupt
        self.deadline = deadline
    }

    private enum Step {
        case loggedIn
        /// It was accepted, and the server goes on with these methods.
        case wantsMore(methods: String)
        case refused
    }

    /// Keys first, then the password; where the server wants both, both.
    ///
    /// - Throws: `.authentication` with everything that was tried, where it was not enough.
    mutating func logIn() throws(SSHError) {
        guard var methods = try session.offeredMethods(endpoint.user, deadline) else { return }
        report.offeredMethods = methods
        report.hasPassword = passwordLogin != nil
        var untried = ["publickey", "password", "keyboard-interactive"]
        while let method = untried.first(where: { Self.offers($0, in: methods) }) {
            untried.removeAll { $0 == method }
            let step =
                switch PasswordLogin.Method(rawValue: method) {
                case nil: try logInByKeys(offeredWith: methods)
                case let method?: try logInByPassword(method, offeredWith: methods)
                }
            switch step {
            case .loggedIn: return
            case .refused: if report.isFinal { throw .authentication(report) }
            case .wantsMore(let now):
                methods = now
                report.offeredMethods = now
            }
        }
        if passwordLogin != nil, report.trouble == nil, !report.hasAcceptedPassword {
            report.trouble = .notOffered
        }
        throw .authentication(report)
    }

    private static func offers(_ method: String, in methods: String) -> Bool {
        methods.split(separator: ",").contains { $0 == method }
    }

    private mutating func logInByPassword(
        _ method: PasswordLogin.Method,
        offeredWith methods: String
    ) throws(SSHError) -> Step {
        guard let passwordLogin else { return .refused }
        switch try passwordLogin.logIn(by: method, offeredWith: methods, &deadline) {
        case .accepted: return .loggedIn
        case .wantsMore(let now):
            report.accepted.append("the password")
            report.hasAcceptedPassword = true
            return .wantsMore(methods: now)
        case .failed(let trouble):
            report.trouble = trouble
            return .refused
        }
    }

    private mutating func logInByKeys(offeredWith offer: String) throws(SSHError) -> Step {
        var methods = offer
        let candidates = AuthenticationCandidate.ordered(
            files: keyFiles(),
            agentKeys: try agentKeys(),
            onlyNamed: endpoint.config?.identitiesOnly ?? false
        )
        for candidate in candidates {
            do throws(SSHError) {
                switch try answer(to: candidate, methods) {
                case .refused: continue
                case .loggedIn: return .loggedIn
                case .wantsMore(let now):
                    report.accepted.append(candidate.label)
                    // two keys may be wanted: the next one's turn
                    methods = now
                    guard Self.offers("publickey", in: methods) else {
                        return .wantsMore(methods: methods)
                    }
                }
            } catch .disconnected(let reason, _) {
                report.hangUp = reason
                return .refused
            }
        }
        return methods == offer ? .refused : .wantsMore(methods: methods)
    }

    private mutating func note(
        _ label: String,
        _ reason: String,
        _ problem: KeyFileProblem? = nil
    ) {
        report.attempts.append(
            AuthenticationReport.Attempt(label: label, reason: reason, problem: problem)
        )
    }

    private mutating func keyFiles() -> [PrivateKeyFile] {
        var files: [PrivateKeyFile] = []
        for path in endpoint.identityFiles {
            do throws(KeyFileProblem) {
                files.append(try PrivateKeyFile(path: path))
            } catch {
                note(path, error.description, error)
            }
        }
        return files
    }

    private mutating func agentKeys() throws(SSHError) -> [AgentKey] {
        guard let agentSocket else { return [] }
        do throws(AgentProblem) {
            return try AgentClient(path: agentSocket, interrupt: interrupt).keys(deadline)
        } catch {
            note("the SSH agent", try Self.reason(error))
            return []
        }
    }

    private mutating func answer(
        to candidate: AuthenticationCandidate,
        _ methods: String
    ) throws(SSHError) -> Step {
        var candidate = candidate
        if case .file(let file) = candidate.source, candidate.publicBlob.isEmpty {
            switch try vault.key(of: file, interrupt: interrupt, deadline: &deadline) {
            case .success(let key): candidate.publicBlob = key.publicBlob
            case .failure(let problem):
                note(candidate.label, problem.description, problem)
                return .refused
            }
        }
        let certificate = candidate.certificate
        if let certificate, case .file(let file) = candidate.source,
            let plain = file.publicBlob, plain != certificate.publicBlob
        {
            note(candidate.label, "it is another key's: not used")
            return .refused
        }
        guard let blob = candidate.offeredBlob else {
            report.certificateHint = report.certificateHint ?? candidate.certificateHint
            let type = HostKey(blob: candidate.publicBlob)?.type ?? "an unknown type"
            note(candidate.label, "\(type) is not supported by libssh2 here")
            return .refused
        }
        let source = candidate.source
        var deadline = deadline
        defer { self.deadline = deadline }
        let answer = try session.authenticate(endpoint.user, blob: blob, &deadline) {
            data,
            deadline throws(SSHError) in
            try signature(of: data, from: source, &deadline)
        }
        switch answer {
        case .accepted: return .loggedIn
        case .refusedSignature:
            // only another list of methods tells that the key was right, and more is wanted
            guard let now = try session.offeredMethods(endpoint.user, deadline) else {
                return .loggedIn
            }
            if now != methods { return .wantsMore(methods: now) }
            note(
                candidate.label,
                "the server accepts the key but not the signature made with it"
            )
            return .refused
        case .refused(let refusal):
            let why = certificate?.objection(to: endpoint.user, at: UInt64(time(nil)))
            note(candidate.label, refusal.reason + (why.map { ": \($0)" } ?? ""), refusal.problem)
            return .refused
        }
    }

    private func signature(
        of data: [UInt8],
        from source: AuthenticationCandidate.Source,
        _ deadline: inout Deadline
    ) throws(SSHError) -> Result<[UInt8], SignatureRefused> {
        switch source {
        case .file(let file):
            switch try vault.key(of: file, interrupt: interrupt, deadline: &deadline) {
            case .success(let key):
                guard let signature = key.signature(of: data) else {
                    return .failure(SignatureRefused("OpenSSL cannot sign with it"))
                }
                return .success(signature)
            case .failure(let problem):
                return .failure(SignatureRefused(problem.description, problem: problem))
            }
        case .agent(let key):
            do throws(AgentProblem) {
                let client = try AgentClient(path: agentSocket ?? "", interrupt: interrupt)
                return .success(try client.signature(of: data, with: key, deadline))
            } catch {
                return .failure(SignatureRefused(try Self.reason(error)))
            }
        }
    }

    private static func reason(_ problem: AgentProblem) throws(SSHError) -> String {
        switch problem {
        case .interrupted(let error): throw error
        case .unusable(let reason): return reason
        }
    }
}
