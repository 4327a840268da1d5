/// Who is asked what OpenSSH's configuration says of a host: `ssh -G`, and whether a file is there.
package struct OpenSSHLookup: Sendable {
    /// One host, and what the inventory says of it itself; blocks of the configuration may match it.
    package struct Question: Sendable, Hashable {
        /// The configuration, absolute.
        package var file: String
        package var host: String
        package var user: String?
        package var port: UInt16?
    }

    /// No answer: a fact that begins in lower case, and what to do.
    package struct Problem: Error, Sendable, Hashable {
        package var fact: String
        package var hint: String?

        package init(_ fact: String, hint: String? = nil) {
            self.fact = fact
            self.hint = hint
        }
    }

    /// What `ssh -G` prints: lines of a key in lower case, a blank and the value (ssh(1)).
    package var answer: @Sendable (Question) -> Result<String, Problem>
    package var exists: @Sendable (_ path: String) -> Bool

    package init(
        answer: @escaping @Sendable (Question) -> Result<String, Problem>,
        exists: @escaping @Sendable (_ path: String) -> Bool
    ) {
        self.answer = answer
        self.exists = exists
    }

    /// For readers of text alone.
    package static let nobody = OpenSSHLookup(
        answer: { _ in .failure(Problem("OpenSSH is not asked here")) },
        exists: { _ in false }
    )
}
