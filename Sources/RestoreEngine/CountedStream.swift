import RemoteHost
import Synchronization

/// A stream that tells how far it was read, counted from the front of the whole.
final class CountedStream: ByteStream {
    private let inner: any ByteStream
    private let count: Atomic<UInt64>
    private let report: @Sendable (UInt64) -> Void

    init(_ inner: any ByteStream, from offset: UInt64, report: @escaping @Sendable (UInt64) -> Void)
    {
        self.inner = inner
        count = Atomic(offset)
        self.report = report
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let bytes = try inner.read(into: buffer)
        report(count.add(UInt64(bytes), ordering: .relaxed).newValue)
        return bytes
    }
}
