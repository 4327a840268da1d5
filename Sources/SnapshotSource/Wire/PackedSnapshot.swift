import Dispatch
package import RemoteHost
import Synchronization

/// A snapshot on its way to many hosts: read once, packed once, whoever asks.
///
/// It is cut in chunks that are frames of their own, so that an upload may begin at any byte. What
/// was packed is kept for a while for the hosts that are a little behind; one that is further
/// behind has its chunks read and packed again, and one that is gone holds nothing.
package final class PackedSnapshot: Sendable {
    private struct Key: Hashable {
        var start: UInt64
        var packing: Packing
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
        /// What is packed ahead, unless a host asks for it first.
        var ahead: Set<Key> = []
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

    /// Of the whole snapshot, unpacked.
    let bytes: UInt64
    private let chunkBytes: Int
    private let cacheBytes: Int
    private let open: @Sendable (UInt64) throws -> any ByteStream
    private let cache = Mutex(Cache())
    /// The part of its size that is left where it is packed; not above 1.
    private let packedShare = Mutex<Double?>(nil)
    /// Packs the next chunk while a connection's thread encrypts the one before.
    private let packer = DispatchQueue(label: "rekindle.packer")

    /// After a chunk that did not shrink so many more are sent as they are.
    private static let chunksTakenOnTrust: UInt64 = 7
    /// Hosts in step need one reader and one press; these serve a few groups of hosts.
    private static let idleKept = 2
    private static let samples: UInt64 = 4
    private static let sampleBytes = 256 << 10

    /// - Parameters:
    ///   - bytes: of the whole snapshot.
    ///   - chunkBytes: of the snapshot, in a frame; at a MiB packing in one piece saves a
    ///     thousandth more.
    ///   - cacheBytes: of packed bytes, kept for all hosts together.
    ///   - open: the snapshot's bytes from an offset on.
    package init(
        bytes: UInt64,
        chunkBytes: Int = 1 << 20,
        cacheBytes: Int = 4 << 20,
        open: @escaping @Sendable (UInt64) throws -> any ByteStream
    ) {
        self.bytes = bytes
        self.chunkBytes = chunkBytes
        self.cacheBytes = cacheBytes
        self.open = open
    }

    /// The best form for a host that has the programs to unpack some.
    ///
    /// Plain where pieces taken from all over the snapshot do not shrink: then every program on the
    /// way would only cost.
    package func form(among unpackers: Set<WireForm>) throws -> WireForm {
        guard let packed = [.zstd, .gzip].first(where: unpackers.contains) else { return .plain }
        return try share() < 1 ? packed : .plain
    }

    /// How many bytes the rest of the snapshot makes on the wire, about; nil where it was not sampled.
    func expectedBytes(from offset: UInt64, as form: WireForm) -> UInt64? {
        let rest = bytes - min(offset, bytes)
        if form == .plain { return rest }
        return packedShare.withLock { $0 }.map { UInt64(Double(rest) * $0) }
    }

    private func share() throws -> Double {
        try packedShare.withLock { known in
            if let known { return known }
            let press = try ChunkPress(capacity: Self.sampleBytes)
            var plain = 0
            var packed = 0
            for part in 0..<Self.samples {
                plain += try press.fill(from: open(bytes / Self.samples * part), Self.sampleBytes)
                packed += try press.frame()
            }
            let isWorthwhile = ChunkPress.isWorthwhile(packed, for: plain)
            let share = isWorthwhile ? Double(packed) / Double(plain) : 1
            known = share
            return share
        }
    }

    /// The bytes for one host, from the offset on, which is how much of the snapshot it has.
    ///
    /// A bandwidth is what all hosts share; nil for no limit. The report is told how much of the
    /// snapshot was taken, counted from its front, and how many bytes that made on the wire.
    package func stream(
        from offset: UInt64,
        as form: WireForm,
        bandwidth: Bandwidth? = nil,
        report: @escaping @Sendable (_ taken: UInt64, _ wire: UInt64) -> Void = { _, _ in }
    ) -> any ByteStream {
        PackedStream(self, from: offset, as: form, bandwidth: bandwidth, report: report)
    }

    /// The chunk that begins at a byte: up to the next whole multiple of a chunk's size.
    func chunk(at start: UInt64, _ packing: Packing) throws -> WireChunk {
        try chunk(Key(start: start, packing: packing))
    }

    /// Packs the chunk that begins at a byte on another thread, if no host asks for it before.
    func packAhead(at start: UInt64, _ packing: Packing) {
        let key = Key(start: start, packing: packing)
        let isNew = cache.withLock { $0.slots[key] == nil && $0.ahead.insert(key).inserted }
        guard isNew else { return }
        packer.async { [self] in
            let isWanted = cache.withLock { $0.ahead.remove(key) != nil }
            // a failure is for the host that asks, and then is found again
            if isWanted { _ = try? chunk(key) }
        }
    }

    private func chunk(_ key: Key) throws -> WireChunk {
        let slot = cache.withLock { cache in
            cache.ahead.remove(key)
            return cache.slot(key, sizeUntilKnown: chunkBytes)
        }
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
        let chunk = try press.chunk(key.packing, isInVain: isInVain)
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
