import ArgumentParser

/// A command line that cannot be meant, found after it was parsed.
struct UsageProblem: Error {
    var fact: String
    var hint: String

    init(_ fact: String, hint: String) {
        self.fact = fact
        self.hint = hint
    }
}

/// What the parser of arguments says, in the form that all other errors have.
enum ParserMessage {
    /// nil for what is no error, as `--help`.
    static func text(_ error: any Error) -> String? {
        // a command that ended has said why
        guard !(error is ExitCode), RekindleCommand.exitCode(for: error) == .validationFailure
        else { return nil }
        let message = RekindleCommand.message(for: error)
        let help = helpCommand(RekindleCommand.fullMessage(for: error))
        return "error: \(message.prefix(1).lowercased())\(message.dropFirst())\n"
            + "HINT: `\(help)` tells what can be given"
    }

    /// The command whose help belongs to the error, out of the parser's last line.
    private static func helpCommand(_ full: String) -> Substring {
        full.split(separator: "'").last { $0.hasPrefix("rekindle ") && $0.hasSuffix(" --help") }
            ?? "rekindle --help"
    }
}
