import RemoteHost

/// What one host reads of a `PackedSnapshot`.
final class PackedStream: ByteStream, @unchecked Sendable {
    // unchecked: whoever reads a `ByteStream` promises to do so from one thread at a time
    private let snapshot: PackedSnapshot
    private let form: WireForm
    private var pace: WirePace
    private let bandwidth: Bandwidth?
    private let report: @Sendable (UInt64, UInt64) -> Void
    private let offset: UInt64
    /// Of the snapshot, at the front of the chunk.
    private var position: UInt64
    private var chunk: WireChunk?
    /// Of the chunk's own bytes.
    private var taken = 0
    private var wire: UInt64 = 0

    init(
        _ snapshot: PackedSnapshot,
        from offset: UInt64,
        as form: WireForm,
        bandwidth: Bandwidth?,
        report: @escaping @Sendable (UInt64, UInt64) -> Void
    ) {
        self.snapshot = snapshot
        self.form = form
        pace = WirePace(form)
        self.bandwidth = bandwidth
        self.report = report
        self.offset = offset
        position = offset
    }

    var expectedBytes: UInt64? { snapshot.expectedBytes(from: offset, as: form) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if chunk == nil {
            let packing = pace.packing
            let next = try snapshot.chunk(at: position, packing)
            // where there is nothing at all to send, an empty frame is: no input is an error to zstd
            if next.plainCount == 0, position > offset || next.bytes.isEmpty { return 0 }
            chunk = next
            taken = 0
            if packing.isWork, !next.didNotShrink, next.plainCount > 0 {
                snapshot.packAhead(at: position + UInt64(next.plainCount), packing)
            }
        }
        guard let chunk else { return 0 }
        if taken == chunk.bytes.count { return 0 }
        var count = min(buffer.count, chunk.bytes.count - taken)
        if let bandwidth { count = bandwidth.take(upTo: count) }
        buffer.copyBytes(from: chunk.bytes[taken..<taken + count])
        taken += count
        wire += UInt64(count)
        pace.took(count)
        let part = UInt64(chunk.plainCount) * UInt64(taken) / UInt64(chunk.bytes.count)
        report(position + part, wire)
        if taken == chunk.bytes.count, chunk.plainCount > 0 {
            position += UInt64(chunk.plainCount)
            self.chunk = nil
        }
        return count
    }
}
