import Glibc
import RemoteHost
import Synchronization

/// The passwords that hosts ask for, each had once; and the hosts that did not take theirs.
///
/// A wrong one is never sent to a host twice: what counts failures there would lock the account.
final class SecretVault: Sendable {
    private let answers = AskedOnce<Result<String, SecretProblem>>()
    private let refusals = Mutex<Set<String>>([])
    /// Passwords of logins; `refusals` is of sudo's.
    let logins = LoginTries()
    private let ask: @Sendable (_ question: String) -> String?

    init(ask: @escaping @Sendable (_ question: String) -> String?) {
        self.ask = ask
    }

    /// The secret that a question asks for.
    ///
    /// The same question has the same answer for all hosts. The time that a person takes is added to
    /// the deadline.
    /// - Throws: `.secret`, `.cancelled`.
    func secret(
        _ source: SecretSource,
        _ question: String,
        interrupt: Interrupt,
        deadline: inout Deadline
    ) throws(SSHError) -> String {
        let answer: Result<String, SecretProblem> =
            switch source {
            case .file(let path): Self.read(path)
            case .asked:
                try answers.answer(
                    to: question,
                    interrupt: interrupt,
                    deadline: &deadline
                ) { [ask] in
                    guard let text = ask(question) else { return .failure(.noTerminal) }
                    return text.isEmpty ? .failure(.nothingTyped) : .success(text)
                }
            }
        switch answer {
        case .success(let text): return text
        case .failure(let problem): throw .secret(question, problem)
        }
    }

    func noteRefusal(_ endpoint: HostEndpoint) {
        _ = refusals.withLock { $0.insert(Self.account(endpoint)) }
    }

    func isRefused(_ endpoint: HostEndpoint) -> Bool {
        refusals.withLock { $0.contains(Self.account(endpoint)) }
    }

    /// Who is logged in where, and by which way.
    static func account(_ endpoint: HostEndpoint) -> String {
        "\(endpoint.user)@\(endpoint.authority) \(endpoint.jumpText ?? "")"
    }

    private static func read(_ path: String) -> Result<String, SecretProblem> {
        Result { () throws(SecretProblem) in
            let file: TextFile
            do throws(TextFile.Unreadable) {
                file = try TextFile(path: path)
            } catch {
                throw .unreadable(path, error.reason)
            }
            guard file.mode & 0o077 == 0 else { throw .tooOpen(path, file.mode) }
            guard file.owner == geteuid() || file.owner == 0 else { throw .foreign(path) }
            let line = file.text.prefix { !$0.isNewline }
            guard !line.isEmpty else { throw .empty(path) }
            return String(line)
        }
    }
}

/// Why there is no secret to be had.
enum SecretProblem: Error, Sendable, Hashable {
    case noTerminal
    case nothingTyped
    case unreadable(String, String)
    case tooOpen(String, UInt32)
    /// Another user's, who may change it.
    case foreign(String)
    /// Its first line is.
    case empty(String)
}

extension SecretProblem {
    /// As the end of a sentence, and what to do.
    var words: (reason: String, hint: String) {
        switch self {
        case .noTerminal:
            (
                "there is no terminal to ask at",
                "name a file with it in the inventory, for a run that nobody watches"
            )
        case .nothingTyped: ("nothing was typed", "try again")
        case .unreadable(let path, let reason):
            ("\(path): \(reason)", "check the path in the inventory, and who may read the file")
        case .tooOpen(let path, let mode):
            (
                "\(path) can be read by others (mode \(String(mode, radix: 8)))",
                "chmod 600 \(path), and change the password if somebody may have read it"
            )
        case .foreign(let path):
            ("\(path) belongs to another user", "take a file of your own, with mode 600")
        case .empty(let path):
            ("the first line of \(path) is empty", "write the password into its first line")
        }
    }
}
