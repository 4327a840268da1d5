import Glibc
import RunReport
import Synchronization

/// Asks for a secret without showing it.
enum SecretPrompt {
    /// Two that ask at once would both restore what they found, and leave a terminal silent.
    private static let turn = Mutex(())

    /// - Returns: What was typed; nil where there is no terminal, or nobody answers there.
    static func ask(_ question: String) -> String? {
        turn.withLock { _ in answer(to: question) }
    }

    private static func answer(to question: String) -> String? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else { return nil }
        var silent = settings
        // Ctrl-C comes as a byte: a signal would end the process and leave the terminal silent
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        // silent before it asks: who types at once must not see, or lose, what was typed
        tcsetattr(terminal, TCSAFLUSH, &silent)
        // a host may have worded it
        say("\(VisibleText.escaped(question)): ", terminal)
        var line = SecretLine()
        let ending = read(&line, terminal)
        tcsetattr(terminal, TCSAFLUSH, &settings)
        say("\n", terminal)
        defer { line.erase() }
        switch ending {
        case .answered: return String(decoding: line.bytes, as: UTF8.self)
        case .ended: return nil
        case .interrupted:
            // to the process: this thread is Dispatch's, which blocks signals; nobody shall act on no answer
            // before it ends, or whoever watches for signals has cancelled the work
            kill(getpid(), SIGINT)
            usleep(200_000)
            return nil
        }
    }

    private static func read(_ line: inout SecretLine, _ terminal: Int32) -> SecretLine.Ending {
        var byte: UInt8 = 0
        defer { byte = 0 }
        while true {
            let count = Glibc.read(terminal, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count == 1 else { return .ended }
            if let ending = line.take(byte) { return ending }
        }
    }

    private static func say(_ text: String, _ terminal: Int32) {
        var text = text
        _ = text.withUTF8 { write(terminal, $0.baseAddress, $0.count) }
    }
}

/// What is typed at a question, edited as a terminal in its usual mode does it.
struct SecretLine {
    enum Ending {
        case answered
        case interrupted
        /// Ctrl-D on an empty line, or the terminal is gone.
        case ended
    }

    /// Longer lines are cut: no secret is that long.
    static let longest = 1023

    private(set) var bytes: [UInt8]

    init() {
        bytes = []
        // never moved, so that no copy of it stays behind
        bytes.reserveCapacity(Self.longest)
    }

    /// - Returns: How the line ends with this byte; nil where it goes on.
    mutating func take(_ byte: UInt8) -> Ending? {
        switch byte {
        case 10, 13: return .answered
        case 3, 28: return .interrupted
        case 4: return bytes.isEmpty ? .ended : .answered
        case 8, 127: dropCharacter()
        case 21: while !bytes.isEmpty { dropLast() }
        default: if bytes.count < Self.longest { bytes.append(byte) }
        }
        return nil
    }

    mutating func erase() {
        bytes.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
        }
    }

    /// One of UTF-8 has up to three bytes behind its first.
    private mutating func dropCharacter() {
        while let last = bytes.last {
            dropLast()
            if last & 0b1100_0000 != 0b1000_0000 { return }
        }
    }

    private mutating func dropLast() {
        bytes[bytes.count - 1] = 0
        bytes.removeLast()
    }
}
