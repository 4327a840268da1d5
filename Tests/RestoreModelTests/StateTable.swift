/// The states that were seen, in the order in which they were found, with whence each was.
///
/// Raw memory, because a test is built without the optimiser: a million states in a `Dictionary`
/// would take minutes.
final class StateTable {
    private(set) var count = 0
    private var capacity: Int
    private var mask: Int
    private var keys: UnsafeMutablePointer<UInt64>
    private var parents: UnsafeMutablePointer<Int32>
    /// Position in `keys`, or -1, by hash.
    private var slots: UnsafeMutablePointer<Int32>

    init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        mask = capacity * 2 - 1
        keys = .allocate(capacity: capacity)
        parents = .allocate(capacity: capacity)
        slots = .allocate(capacity: capacity * 2)
        slots.initialize(repeating: -1, count: capacity * 2)
    }

    deinit {
        keys.deallocate()
        parents.deallocate()
        slots.deallocate()
    }

    func key(at index: Int) -> UInt64 { keys[index] }
    /// -1 for a state that the search began with.
    func parent(of index: Int) -> Int { Int(parents[index]) }

    /// - Returns: whether it is new.
    func insert(_ key: UInt64, from parent: Int) -> Bool {
        var slot = Self.hash(key) & mask
        let slots = slots
        let keys = keys
        while slots[slot] >= 0 {
            if keys[Int(slots[slot])] == key { return false }
            slot = (slot &+ 1) & mask
        }
        if count == capacity {
            grow()
            return insert(key, from: parent)
        }
        slots[slot] = Int32(truncatingIfNeeded: count)
        keys[count] = key
        parents[count] = Int32(truncatingIfNeeded: parent)
        count &+= 1
        return true
    }

    private static func hash(_ key: UInt64) -> Int {
        let mixed = (key ^ (key >> 31)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 29)) & 0x7FFF_FFFF_FFFF_FFFF)
    }

    private func grow() {
        let larger = capacity * 2
        let newKeys = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
        let newParents = UnsafeMutablePointer<Int32>.allocate(capacity: larger)
        newKeys.moveInitialize(from: keys, count: count)
        newParents.moveInitialize(from: parents, count: count)
        keys.deallocate()
        parents.deallocate()
        slots.deallocate()
        keys = newKeys
        parents = newParents
        capacity = larger
        mask = larger * 2 - 1
        slots = .allocate(capacity: larger * 2)
        slots.initialize(repeating: -1, count: larger * 2)
        var index = 0
        while index < count {
            var slot = Self.hash(keys[index]) & mask
            while slots[slot] >= 0 { slot = (slot &+ 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: index)
            index &+= 1
        }
    }
}
