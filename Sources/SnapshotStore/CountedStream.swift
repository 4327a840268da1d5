import RemoteHost
import Synchronization

/// A stream that knows how much it gave, and why it ended.
final class CountedStream: ByteStream {
    private struct State {
        var count: UInt64 = 0
        var failure: (any Error)?
    }

    private let stream: any ByteStream
    private let state = Mutex(State())

    init(_ stream: any ByteStream) {
        self.stream = stream
    }

    var count: UInt64 { state.withLock { $0.count } }
    var failure: (any Error)? { state.withLock { $0.failure } }
    var expectedBytes: UInt64? { stream.expectedBytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        do {
            let count = try stream.read(into: buffer)
            state.withLock { $0.count += UInt64(count) }
            return count
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }
}
