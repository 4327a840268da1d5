import RemoteHost
import Synchronization

@testable import SSHTransport

/// Bytes out of memory.
final class ArrayStream: ByteStream {
    private let rest: Mutex<ArraySlice<UInt8>>

    init(_ bytes: [UInt8]) {
        rest = Mutex(bytes[...])
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        rest.withLock { rest in
            let part = rest.prefix(buffer.count)
            buffer.copyBytes(from: part)
            rest = rest.dropFirst(part.count)
            return part.count
        }
    }
}

/// Any number of bytes in which no block is like the next, without the memory for them.
final class PatternStream: ByteStream {
    /// A prime number of bytes, so that the pattern never falls in with a block or packet size.
    private static let pattern = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }

    private let state: Mutex<(position: Int, end: Int)>

    init(count: Int) {
        state = Mutex((0, count))
    }

    /// How many bytes were taken.
    var position: Int { state.withLock(\.position) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        state.withLock { state in
            let count = min(buffer.count, state.end - state.position)
            var written = 0
            while written < count {
                let start = (state.position + written) % Self.pattern.count
                let part = Self.pattern[start...].prefix(count - written)
                UnsafeMutableRawBufferPointer(rebasing: buffer[written..<written + part.count])
                    .copyBytes(from: part)
                written += part.count
            }
            state.position += count
            return count
        }
    }

    /// The digest of the first bytes, in hexadecimal.
    static func sha256(count: Int) throws -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        _ = try bytes.withUnsafeMutableBytes { try PatternStream(count: count).read(into: $0) }
        return Digest.sha256(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// Zeros, and then an error.
final class FailingStream: ByteStream {
    struct Broken: Error {}
    private let left: Mutex<Int>

    init(after count: Int) {
        left = Mutex(count)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try left.withLock { left in
            if left == 0 { throw Broken() }
            let count = min(buffer.count, left)
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            left -= count
            return count
        }
    }
}

/// Keeps what it is given.
final class ArraySink: ByteSink {
    private let taken = Mutex<[UInt8]>([])
    var bytes: [UInt8] { taken.withLock { $0 } }

    func write(_ bytes: UnsafeRawBufferPointer) {
        let copy = Array(bytes)
        taken.withLock { $0 += copy }
    }
}

/// Takes nothing.
struct FailingSink: ByteSink {
    struct Full: Error {}
    func write(_ bytes: UnsafeRawBufferPointer) throws { throw Full() }
}
