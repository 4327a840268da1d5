import Foundation
import Glibc

/// A program at a pseudo-terminal, with a person who types the passphrase whenever it is asked for.
///
/// `script` (util-linux) makes the terminal; it echoes what is typed unless the program forbids it.
struct TerminalProgram {
    var status: Int32
    /// All that was seen on the terminal.
    var transcript: String

    static func run(
        _ words: [String],
        passphrase: String,
        environment: [String: String] = [:]
    ) throws -> TerminalProgram {
        let scratch = try Scratch()
        let (typed, seen) = (scratch.file("typed"), scratch.file("seen"))
        guard mkfifo(typed, 0o600) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
        let command = words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
            .joined(separator: " ")
        // written to by nobody else, so that it does not end before the program
        let person = open(typed, O_RDWR | O_CLOEXEC)
        defer { close(person) }
        let running = try Program.start(
            "/bin/sh",
            [
                "-c", "exec script -E always -qefc \"$1\" \"$2\" <\"$3\"", "sh", command, seen,
                typed,
            ],
            environment: environment
        )
        var answered = 0
        let question = "passphrase for "
        let isOver = Watchdog.wait(atMost: 300, every: 5000) {
            let asked = text(of: seen).components(separatedBy: question).count - 1
            if asked > answered {
                answered += 1
                _ = "\(passphrase)\n".withCString { write(person, $0, strlen($0)) }
            }
            return Watchdog.hasEnded(running.process)
        }
        if !isOver { running.kill(SIGKILL) }
        let result = try running.finish()
        return TerminalProgram(status: result.status, transcript: text(of: seen))
    }

    private static func text(of path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
