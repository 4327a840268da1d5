import Glibc
import RemoteHost

/// Stores a stream as an object.
///
/// Used from one thread.
struct BucketUpload {
    private let program: ChildProgram
    private let input: Descriptor
    private let patience: Patience

    /// What the server may take to put the parts of a large object together, in seconds.
    private static let completion = 600

    /// Runs it to its end.
    ///
    /// Where the stream throws, the program is killed before it sees an end: it would take what came
    /// for all of it. Where this process is killed, the guard does the same.
    /// - Throws: `SourceFailure`, `CancellationError`, and what the stream throws.
    static func run(
        _ client: BucketClient,
        _ stream: any ByteStream,
        expecting bytes: UInt64?
    ) throws {
        let program = try feed(client, stream, bytes)
        switch program.finish(within: completion) {
        case .succeeded: return
        case .failed(let failure): throw failure
        case .broken:
            throw SourceFailure(
                "the upload to \(client.place) broke off",
                hint: "try again"
            )
        }
    }

    /// The program has seen the end of its input when this returns: nobody else has the pipe.
    private static func feed(
        _ client: BucketClient,
        _ stream: any ByteStream,
        _ bytes: UInt64?
    ) throws -> ChildProgram {
        let (program, input) = try client.startUpload(expecting: bytes)
        var holder: UploadGuard?
        // both keep the input open, and outlive a program that must not see its end
        defer { withExtendedLifetime((input, holder)) {} }
        do {
            let made = try UploadGuard(program, input: input, surroundings: client.surroundings)
            holder = made
            let upload = BucketUpload(
                program: program,
                input: input,
                patience: client.surroundings.patience
            )
            try upload.give(stream)
            made.letGo()
            return program
        } catch {
            program.end()
            throw error
        }
    }

    private func give(_ stream: any ByteStream) throws {
        _ = fcntl(input.number, F_SETFL, O_NONBLOCK)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { block.deallocate() }
        while true {
            let count = try stream.read(into: block)
            if count == 0 { return }
            guard try give(UnsafeRawBufferPointer(rebasing: block[..<count])) else { return }
        }
    }

    /// - Returns: false where the program reads no more; it says why at its end.
    private func give(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        var rest = bytes
        var end = ContinuousClock().now + patience.limit
        while !rest.isEmpty {
            let count = write(input.number, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                end = ContinuousClock().now + patience.limit
            } else if errno == EAGAIN {
                try patience.check(end, "the upload")
                var waiting = [pollfd(fd: input.number, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&waiting, 1, 100)
                program.listen()
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
