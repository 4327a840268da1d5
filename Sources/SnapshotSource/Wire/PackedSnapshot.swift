package import RemoteHost
import Synchronization

/// A snapshot on its way to many hosts: read once, packed once, whoever asks.
///
/// It is cut in chunks that are frames of their own, so that an upload may begin at any byte. What
/// was packed is kept for a while for the hosts that are a little behind; one that is further
/// behind has its chunks read and packed again, and one that is gone holds nothing.
package final class PackedSnapshot: Sendable {
    /// How a host takes it.
    package enum Form: Sendable, Hashable {
        case plain
        /// Frames that `zstd -d` unpacks (RFC 8878).
        case zstd
    }

    private struct Key: Hashable {
        var start: UInt64
        var form: Form
    }

    /// A chunk that is there, or that someone makes while the others wait for it at its lock.
    private final class Slot: Sendable {
        let chunk = Mutex<WireChunk?>(nil)
    }

    private struct Reader {
        var position: UInt64
        let stream: any ByteStream
    }

    private struct Cache {
        var slots: [Key: Slot] = [:]
        /// The one that was not asked for the longest is the first.
        var order: [Key] = []
        var sizes: [Key: Int] = [:]
        var readers: [Reader] = []
        var presses: [ChunkPress] = []
        /// Where packing was found to be in vain, and is not tried for now.
        var incompressible: Range<UInt64> = 0..<0

        mutating func slot(
            _ key: Key,
            sizeUntilKnown: Int
        ) -> Slot {
            if let slot = slots[key] {
                if let index = order.firstIndex(of: key) { order.append(order.remove(at: index)) }
                return slot
            }
            let slot = Slot()
            slots[key] = slot
            sizes[key] = sizeUntilKnown
            order.append(key)
            return slot
        }

        /// Notes a chunk's size, and lets go of what was not asked for the longest.
        mutating func keep(_ key: Key, _ size: Int, limit: Int) {
            if sizes[key] != nil { sizes[key] = size }
            var sum = sizes.values.reduce(0, +)
            while sum > limit, order.count > 1 {
                let oldest = order.removeFirst()
                sum -= sizes.removeValue(forKey: oldest) ?? 0
                slots[oldest] = nil
            }
        }

        mutating func takeReader(at position: UInt64) -> Reader? {
            readers.firstIndex { $0.position == position }.map { readers.remove(at: $0) }
        }
    }

    private let chunkBytes: Int
    private let cacheBytes: Int
    private let open: @Sendable (UInt64) throws -> any ByteStream
    private let cache = Mutex(Cache())

    /// After a chunk that did not shrink so many more are sent as they are.
    private static let chunksTakenOnTrust: UInt64 = 7
    /// Hosts in step need one reader and one press; these serve a few groups of hosts.
    private static let idleKept = 2

    /// - Parameters:
    ///   - chunkBytes: of the snapshot, in a frame; at a MiB packing in one piece saves a
    ///     thousandth more.
    ///   - cacheBytes: of packed bytes, kept for all hosts together.
    ///   - open: the snapshot's bytes from an offset on.
    package init(
        chunkBytes: Int = 1 << 20,
        cacheBytes: Int = 4 << 20,
        open: @escaping @Sendable (UInt64) throws -> any ByteStream
    ) {
        self.chunkBytes = chunkBytes
        self.cacheBytes = cacheBytes
        self.open = open
    }

    /// The bytes for one host, from the offset on, which is how much of the snapshot it has.
    ///
    /// A bandwidth is what all hosts share; nil for no limit. The report is told how much of the
    /// snapshot was taken, counted from its front, and how many bytes that made on the wire.
    package func stream(
        from offset: UInt64,
        as form: Form,
        bandwidth: Bandwidth? = nil,
        report: @escaping @Sendable (_ taken: UInt64, _ wire: UInt64) -> Void = { _, _ in }
    ) -> any ByteStream {
        PackedStream(self, from: offset, as: form, bandwidth: bandwidth, report: report)
    }

    /// The chunk that begins at a byte: up to the next whole multiple of a chunk's size.
    func chunk(at start: UInt64, as form: Form) throws -> WireChunk {
        let key = Key(start: start, form: form)
        let slot = cache.withLock { $0.slot(key, sizeUntilKnown: chunkBytes) }
        return try slot.chunk.withLock { chunk in
            if let chunk { return chunk }
            let made = try make(key)
            chunk = made
            cache.withLock { $0.keep(key, made.bytes.count, limit: cacheBytes) }
            return made
        }
    }

    private func make(_ key: Key) throws -> WireChunk {
        let (idleReader, idlePress, isInVain) = cache.withLock { cache in
            (
                cache.takeReader(at: key.start), cache.presses.popLast(),
                cache.incompressible.contains(key.start)
            )
        }
        let reader = try idleReader ?? Reader(position: key.start, stream: open(key.start))
        let press = try idlePress ?? ChunkPress(capacity: chunkBytes)
        let room = UInt64(chunkBytes) - key.start % UInt64(chunkBytes)
        let count = try press.fill(from: reader.stream, Int(room))
        let chunk =
            switch key.form {
            case .plain: press.plain()
            case .zstd: try press.packed(storing: isInVain)
            }
        let end = key.start + UInt64(count)
        cache.withLock { cache in
            cache.readers.append(Reader(position: end, stream: reader.stream))
            if cache.readers.count > Self.idleKept { cache.readers.removeFirst() }
            if cache.presses.count < Self.idleKept { cache.presses.append(press) }
            if chunk.didNotShrink, !isInVain {
                let trust = Self.chunksTakenOnTrust * UInt64(chunkBytes)
                cache.incompressible = end..<end + trust
            }
        }
        return chunk
    }
}
