import Glibc
import RemoteHost

/// Logs a user in with the first key that the server accepts.
struct Authenticator {
    private let session: Session
    private let endpoint: HostEndpoint
    private let agentSocket: String?
    private let vault: KeyVault
    private let interrupt: Interrupt
    private var deadline: Deadline
    private var report = AuthenticationReport(offeredMethods: "")

    init(
        session: Session,
        endpoint: HostEndpoint,
        agentSocket: String?,
        vault: KeyVault,
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
        self.interrupt = interrupt
        self.deadline = deadline
    }

    /// - Throws: `.authentication` with every key that was tried, where none was accepted.
    mutating func logIn() throws(SSHError) {
        guard let methods = try session.offeredMethods(endpoint.user, deadline) else { return }
        report.offeredMethods = methods
        guard methods.split(separator: ",").contains("publickey") else {
            throw .authentication(report)
        }
        let candidates = AuthenticationCandidate.ordered(
            files: keyFiles(),
            agentKeys: try agentKeys(),
            onlyNamed: endpoint.config?.identitiesOnly ?? false
        )
        for candidate in candidates {
            do throws(SSHError) {
                if try isAccepted(candidate) { return }
            } catch .disconnected(let reason, _) {
                report.hangUp = reason
                break
            }
        }
        throw .authentication(report)
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

    private mutating func isAccepted(_ candidate: AuthenticationCandidate) throws(SSHError) -> Bool
    {
        var candidate = candidate
        if case .file(let file) = candidate.source, candidate.publicBlob.isEmpty {
            switch try vault.key(of: file, interrupt: interrupt, deadline: &deadline) {
            case .success(let key): candidate.publicBlob = key.publicBlob
            case .failure(let problem):
                note(candidate.label, problem.description, problem)
                return false
            }
        }
        let certificate = candidate.certificate
        if let certificate, case .file(let file) = candidate.source,
            let plain = file.publicBlob, plain != certificate.publicBlob
        {
            note(candidate.label, "it is another key's: not used")
            return false
        }
        guard let blob = candidate.offeredBlob else {
            report.certificateHint = report.certificateHint ?? candidate.certificateHint
            let type = HostKey(blob: candidate.publicBlob)?.type ?? "an unknown type"
            note(candidate.label, "\(type) is not supported by libssh2 here")
            return false
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
        case .accepted: return true
        case .refused(let refusal):
            let why = certificate?.objection(to: endpoint.user, at: UInt64(time(nil)))
            note(candidate.label, refusal.reason + (why.map { ": \($0)" } ?? ""), refusal.problem)
            return false
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
