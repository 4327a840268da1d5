import Glibc

/// How a program ended that was not killed.
struct ProgramExit {
    var code: Int32
    /// The last lines of its standard error.
    var said: [String]
    /// The last lines that it wrote on descriptor 3, where it was asked to.
    var reports: [String]
}

/// What a program's end means for what it gave.
enum ProgramVerdict {
    /// It gave everything; a remark is what a person should know of it all the same.
    case whole(remark: String?)
    case failed(SourceFailure)
}

/// The last bytes that a program wrote to a pipe.
struct ProgramTail {
    private let end: Descriptor
    private var bytes: [UInt8] = []

    private static let keptBytes = 8192

    /// - Parameter end: the read end of the pipe.
    init(_ end: Descriptor) {
        self.end = end
        _ = fcntl(end.number, F_SETFL, O_NONBLOCK)
    }

    /// Takes what is there, and does not wait for more.
    mutating func listen() {
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(end.number, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = (bytes + block.prefix(count)).suffix(Self.keptBytes)
        }
    }

    /// Its lines, without blanks around them and without empty ones.
    var lines: [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { String($0.trimmingPrefix(while: \.isWhitespace)) }
            .filter { !$0.isEmpty }
    }
}
