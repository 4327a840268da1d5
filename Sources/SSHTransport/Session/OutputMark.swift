import RemoteHost

/// What tells a command's output from what the host prints before it.
///
/// Profile scripts of the login shell (bash reads `~/.bashrc` for every command of sshd's), and
/// `~/.ssh/rc`, print to the same stream. So the login shell says a word that nobody can foresee,
/// and then becomes the command: nothing of its own comes behind that.
struct OutputMark {
    private let nonce: String
    private let mark: [UInt8]
    /// What came so far, of which none is the command's; its end may be the mark's beginning.
    private(set) var held: [UInt8] = []
    /// Whether the command was begun.
    private(set) var hasBegun = false

    /// More is not kept of what a host prints on its own.
    private static let mostHeld = 64 << 10

    init(nonce: UInt64 = .random(in: .min ... .max)) {
        self.nonce = String(nonce, radix: 16)
        mark = Array("rekindle-begins-\(self.nonce)\n".utf8)
    }

    /// Runs one simple command behind the mark, in any login shell.
    ///
    /// The two quotes keep a host that prints the line itself from printing the mark.
    func line(around line: String) -> String { "echo rekindle-begins-''\(nonce); exec \(line)" }

    /// Takes what came on standard output.
    /// - Returns: what of it is the command's.
    mutating func hear(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if hasBegun { return bytes }
        held += bytes
        guard let start = held.firstRange(of: mark) else {
            held.removeFirst(max(0, held.count - Self.mostHeld))
            return []
        }
        hasBegun = true
        defer { held = [] }
        return held[start.upperBound...]
    }
}
