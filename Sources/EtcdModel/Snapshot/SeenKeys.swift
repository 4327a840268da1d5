/// A set of keys in 8 bytes each, so that a million of them take 11 MB.
///
/// A key is known by 64 bits of one hash near the place that another hash names, about 84 bits in
/// all: of ten million keys, two would be taken for one with a chance of 10^-11, and the count and
/// the hash of such a snapshot would be disputed, never a wrong one accepted. `Hasher` is seeded
/// anew in every process, so nobody can prepare keys that collide.
struct SeenKeys {
    private var slots: [UInt64]
    private var count = 0
    private let capacity: Int

    /// - Parameter capacity: how many will be inserted at most; no more are told apart.
    init(capacity: Int) {
        self.capacity = capacity
        slots = Array(repeating: 0, count: capacity + capacity / 3 + 8)
    }

    /// Whether the key was not seen before.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> Bool {
        var hasher = Hasher()
        hasher.combine(bytes: name)
        let place = UInt64(UInt(bitPattern: hasher.finalize()))
        hasher = Hasher()
        hasher.combine(0x5265_6b69)
        hasher.combine(bytes: name)
        // zero is an empty slot
        let mark = max(1, UInt64(UInt(bitPattern: hasher.finalize())))
        var slot = Int(place.multipliedFullWidth(by: UInt64(slots.count)).high)
        while slots[slot] != 0 {
            if slots[slot] == mark { return false }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        precondition(count < capacity, "no more keys than records")
        count += 1
        slots[slot] = mark
        return true
    }
}

/// The records that are the latest of a live key, by their place in the bucket.
struct KeptRecords {
    private var words: [UInt64]
    private(set) var isEmpty = true

    init(records: Int) {
        words = Array(repeating: 0, count: records / 64 + 1)
    }

    mutating func insert(_ ordinal: Int) {
        words[ordinal / 64] |= 1 << UInt64(ordinal % 64)
        isEmpty = false
    }

    func contains(_ ordinal: Int) -> Bool {
        // a file that grows between the two readings has more records than were counted
        ordinal / 64 < words.count && words[ordinal / 64] & (1 << UInt64(ordinal % 64)) != 0
    }
}
