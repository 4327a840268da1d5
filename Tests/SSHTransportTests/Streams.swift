import RemoteHost
import Synchronization

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

/// A number of bytes that can be told from each other but take no memory.
final class PatternStream: ByteStream {
    private let state: Mutex<(position: Int, end: Int)>

    init(count: Int) {
        state = Mutex((0, count))
    }

    /// How many bytes were taken.
    var position: Int { state.withLock(\.position) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        state.withLock { state in
            let count = min(buffer.count, state.end - state.position)
            // Lines with the offset in them: every block differs from every other.
            var written = 0
            while written < count {
                let offset = state.position + written
                let line = String(offset / 16 + 1_000_000_000_000_000).utf8.dropFirst(0)
                let part = line.dropFirst(offset % 16).prefix(count - written)
                UnsafeMutableRawBufferPointer(rebasing: buffer[written..<written + part.count])
                    .copyBytes(from: part)
                written += part.count
            }
            state.position += count
            return count
        }
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
