import RemoteHost

/// What is said between sudo and us before a command begins, on its standard error and input.
///
/// sudo reads its password from the standard input that the command will read from. Where it asks
/// for none (a rule with NOPASSWD, a login that is still remembered) a password that was sent all
/// the same would be the command's first input. So it is sent only once sudo's question was seen,
/// which nobody can foresee, and the command's own input only once it said that it has begun.
struct SudoDialogue {
    private let prompt: String
    private let mark: String
    private var heard: [UInt8] = []
    private var hasAnswered = false

    /// What to do next.
    enum Move: Equatable {
        case listen
        case answer
        /// The command has begun; what came behind the mark is its own.
        case begin([UInt8])
        /// sudo asks again: what it said of the answer.
        case refused(String)
    }

    init(nonce: UInt64 = .random(in: .min ... .max)) {
        let name = "rekindle-" + String(nonce, radix: 16)
        prompt = "\(name)-password:"
        mark = "\(name)-begins"
    }

    /// Runs a line as root; the first thing that it says is the mark.
    func line(around line: String) -> String {
        let words = ["sudo", "-S", "-p", prompt, "--", "sh", "-c", Self.script, mark]
        return words.map(ShellQuoting.quotedForLoginShell).joined(separator: " ") + " " + line
    }

    private static let script = "echo \"$0\" >&2; exec \"$@\""

    /// Takes what came on standard error.
    mutating func hear(_ bytes: ArraySlice<UInt8>) -> Move {
        heard += bytes
        if let start = heard.firstRange(of: Array("\(mark)\n".utf8)) {
            let rest = Array(heard[start.upperBound...])
            heard = []
            return .begin(rest)
        }
        guard let asked = heard.firstRange(of: Array(prompt.utf8)) else { return .listen }
        let before = said
        heard.removeSubrange(..<asked.upperBound)
        guard hasAnswered else {
            hasAnswered = true
            return .answer
        }
        return .refused(before)
    }

    /// What sudo said before it gave up, or began to ask.
    var said: String {
        let text = String(decoding: heard, as: UTF8.self)
        let end = text.firstRange(of: prompt)?.lowerBound ?? text.endIndex
        return text[..<end].split(whereSeparator: \.isNewline)
            .map { $0.trimmingPrefix(while: \.isWhitespace) }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// What came so far, for a command that never began.
    var rest: [UInt8] { heard }
}
