import RemoteHost
import Synchronization

/// A few bytes in memory, as a stream.
package final class ArrayStream: ByteStream {
    private let rest: Mutex<ArraySlice<UInt8>>

    package init(_ bytes: [UInt8]) {
        rest = Mutex(bytes[...])
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        rest.withLock { rest in
            let taken = rest.prefix(buffer.count)
            rest = rest.dropFirst(taken.count)
            buffer.copyBytes(from: taken)
            return taken.count
        }
    }
}
