import Glibc

/// A program that is given a text and answers with one, both small.
package enum AskedProgram {
    /// Runs it to its end; what it is given on standard input is in no argument and no file.
    ///
    /// The patience is for each byte of the answer; `explain` says what its last words mean, where it
    /// failed. Where the process dies of SIGPIPE it must ignore that: the program may end before it
    /// has read all.
    /// - Throws: `SourceFailure`; `CancellationError`, and then it was killed.
    package static func run(
        _ path: String,
        _ arguments: [String],
        input: [UInt8],
        environment: [String: String],
        patience: Patience,
        explain: @escaping @Sendable ([String]) -> SourceFailure
    ) async throws -> [UInt8] {
        try await OwnThread.run(patience) {
            try wait(path, arguments, input, environment, patience, explain)
        }
    }

    /// The same on this thread, for what is read before anything else can begin.
    ///
    /// - Throws: `SourceFailure`.
    package static func wait(
        _ path: String,
        _ arguments: [String],
        _ input: [UInt8],
        _ environment: [String: String],
        _ patience: Patience,
        _ explain: @escaping ([String]) -> SourceFailure
    ) throws -> [UInt8] {
        let talk = try Conversation(path, arguments, environment, explain)
        try talk.tell(input, patience)
        return try talk.answer(patience)
    }
}

/// The two ends of a program's streams that are ours; used from one thread.
private final class Conversation {
    private let program: ChildProgram
    /// nil once all is told: the program sees its end.
    private var input: Descriptor?
    private let output: Descriptor

    /// An answer beyond this is not read.
    private static let longestAnswer = 64 << 10

    /// The program's own ends are closed here when this returns, or nobody would see its end.
    init(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        _ explain: @escaping ([String]) -> SourceFailure
    ) throws(SourceFailure) {
        let (told, said) = (try Descriptor.pipe(), try Descriptor.pipe())
        program = try ChildProgram(
            path,
            arguments,
            input: told.read.number,
            output: said.write.number,
            environment: environment,
            explain: explain
        )
        (input, output) = (told.write, said.read)
    }

    /// Writes all of it, as far as the program reads; one that stops reading says why itself.
    func tell(_ text: [UInt8], _ patience: Patience) throws {
        guard let number = input?.number else { return }
        defer { input = nil }
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
        let end = ContinuousClock().now + patience.limit
        var rest = text[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0 && errno == EAGAIN {
                var waiting = [pollfd(fd: number, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&waiting, 1, 100)
                program.listen()
                try patience.check(end, program.name)
            } else if errno != EINTR {
                return
            }
        }
    }

    func answer(_ patience: Patience) throws -> [UInt8] {
        var text: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while text.count < Self.longestAnswer {
            try patience.wait(for: output.number, of: program.name, hearing: [program])
            let count = read(output.number, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            text += block.prefix(count)
        }
        if case .failed(let failure) = program.finish() { throw failure }
        return text
    }
}
