/// The key files that were unlocked, so that a person is asked for each passphrase once.
final class KeyVault: Sendable {
    private let outcomes = AskedOnce<Result<SigningKey, KeyFileProblem>>()
    private let ask: @Sendable (_ question: String) -> String?

    init(ask: @escaping @Sendable (_ question: String) -> String?) {
        self.ask = ask
    }

    /// The key of a file; asks for its passphrase where it needs one.
    ///
    /// The time that this takes is added to the deadline.
    /// - Throws: `.cancelled` only.
    func key(
        of file: PrivateKeyFile,
        interrupt: Interrupt,
        deadline: inout Deadline
    ) throws(SSHError) -> Result<SigningKey, KeyFileProblem> {
        guard file.needsPassphrase else { return Self.unlocked(file, nil) }
        let question = "passphrase for \(file.path)"
        return try outcomes.answer(
            to: question,
            interrupt: interrupt,
            deadline: &deadline
        ) { [ask] in
            Self.unlocked(file, ask(question))
        }
    }

    private static func unlocked(
        _ file: PrivateKeyFile,
        _ passphrase: String?
    ) -> Result<SigningKey, KeyFileProblem> {
        Result { () throws(KeyFileProblem) in try file.unlocked(with: passphrase) }
    }
}
