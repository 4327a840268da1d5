import EtcdModel
import Glibc
import RemoteHost
import SnapshotSource
import Synchronization

/// What was written, as it is kept.
package struct StoredBytes: Sendable, Hashable {
    package var bytes: UInt64
    /// Lower-case hex.
    package var sha256: String
}

/// Sends plain bytes through programs into a sink; what comes out of the last is counted and hashed.
struct PackingPipe: Sendable {
    let packing: SnapshotPacking
    let surroundings: SourceSurroundings
    /// Of the plain bytes: a source that gives others ends it.
    let expectedSHA256: String

    /// Blocks; for a thread of its own.
    /// - Throws: `SourceFailure`, what the source or the sink throws, `CancellationError`.
    func run(
        _ plain: any ByteStream,
        into sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> StoredBytes {
        let digest = try SnapshotDigest(of: "the snapshot")
        var count: UInt64 = 0
        func take(_ bytes: UnsafeRawBufferPointer) throws {
            digest.update(bytes)
            count += UInt64(bytes.count)
            try sink(bytes)
        }
        if packing.programs.isEmpty {
            try pass(plain, to: take)
        } else {
            try packed(plain, to: take)
        }
        return StoredBytes(bytes: count, sha256: try digest.finish("the snapshot").whole)
    }

    /// Hands on what is read, and sees at its end that it was what is to be kept.
    private func pass(
        _ plain: any ByteStream,
        to take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let digest = try SnapshotDigest(of: "the snapshot")
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { block.deallocate() }
        while case let count = try plain.read(into: block), count > 0 {
            let bytes = UnsafeRawBufferPointer(rebasing: block[..<count])
            digest.update(bytes)
            try take(bytes)
        }
        guard try digest.finish("the snapshot").whole == expectedSHA256 else {
            throw SourceFailure(
                "the bytes that were to be kept are not those that were proven",
                hint: "try again; if it happens again, look at this machine's memory and disk"
            )
        }
    }

    private func packed(
        _ plain: any ByteStream,
        to take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var head = try Descriptor.pipe()
        let feed = Feed(head.write)
        var programs: [ChildProgram] = []
        for program in packing.programs {
            let path = try surroundings.programs.require(
                program.name,
                package: program.package,
                for: "keeping it packed"
            )
            let ends = try Descriptor.pipe()
            programs.append(
                try ChildProgram(
                    path,
                    program.arguments,
                    input: head.read.number,
                    output: ends.write.number,
                    environment: surroundings.environment
                ) { said in
                    SourceFailure(
                        "\(program.name) could not pack the snapshot",
                        evidence: said,
                        hint: Self.hint(program.name)
                    )
                }
            )
            head = ends
        }
        // the write ends are the programs' alone from here on, or nobody would see an end
        let output = head.read
        head = (output, output)
        let source = Plain(plain)
        OwnThread.begin { feed.run { try pass(source.stream, to: $0) } }
        defer { feed.abandon() }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { block.deallocate() }
        while true {
            try surroundings.patience.wait(
                for: output.number,
                of: "the packed snapshot",
                hearing: programs
            )
            let count = read(output.number, block.baseAddress, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            try take(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
        var cause: SourceFailure?
        for program in programs {
            if case .failed(let failure) = program.finish() { cause = cause ?? failure }
        }
        if let cause { throw cause }
        try feed.finish()
    }

    private static func hint(_ program: String) -> String {
        switch program {
        case "gpg":
            "is the passphrase's file readable, and the recipient's key in the keyring (`gpg --list-keys`)?"
        case "age": "is it a recipient (age1…, or a public key of SSH's)?"
        default: "try it by hand"
        }
    }
}

// unchecked: handed to the one thread that reads it
private final class Plain: @unchecked Sendable {
    let stream: any ByteStream
    init(_ stream: any ByteStream) { self.stream = stream }
}

/// Writes into the first program on another thread.
private final class Feed: Sendable {
    private let end: Mutex<Descriptor?>
    private let outcome = Mutex<Result<Void, any Error>?>(nil)
    private let isAbandoned = Atomic(false)

    init(_ end: Descriptor) { self.end = Mutex(end) }

    /// Nobody reads any more.
    func abandon() { isAbandoned.store(true, ordering: .releasing) }

    func run(_ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) {
        let result = Result { try body(write) }
        outcome.withLock { $0 = result }
        end.withLock { $0 = nil }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let number = end.withLock({ $0?.number }) else { return }
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
        var rest = bytes
        while !rest.isEmpty {
            if isAbandoned.load(ordering: .acquiring) { throw CancellationError() }
            let count = Glibc.write(number, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno == EAGAIN {
                var waiting = [pollfd(fd: number, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&waiting, 1, 100)
            } else if errno != EINTR {
                // the program that stopped reading says why itself
                throw SourceFailure("a program stopped reading", hint: "see what it said")
            }
        }
    }

    /// Once the last program has ended: whether all was fed. The feed's end came before theirs.
    func finish() throws {
        for _ in 0..<2000 {
            if let outcome = outcome.withLock({ $0 }) { return try outcome.get() }
            usleep(1000)
        }
        throw SourceFailure("the snapshot was not read to its end", hint: "try again")
    }
}
