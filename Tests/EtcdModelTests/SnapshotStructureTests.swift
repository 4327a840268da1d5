import EtcdModel
import SnapshotSource
import Testing

/// Damage that was there when the snapshot was saved: its digest is right.
@Suite("A snapshot that was saved broken")
struct SnapshotStructureTests {
    /// Damages `busy-3.5.16`, whose `key` bucket has a branch above its leaves.
    private func expectDamage(
        _ what: String,
        page: (EditedSnapshot) -> Int = { $0.keyLeaf },
        sourceLocation: SourceLocation = #_sourceLocation,
        _ damage: (inout EditedSnapshot) throws -> Void
    ) throws {
        var snapshot = try EditedSnapshot("busy-3.5.16")
        try #require(snapshot.isBranch(snapshot.keyRoot), sourceLocation: sourceLocation)
        let page = page(snapshot)
        try damage(&snapshot)
        snapshot.sign()
        let expected = SnapshotFault.damaged(page: UInt64(page), what: what)
        #expect(try snapshot.problem() == .fault(expected), sourceLocation: sourceLocation)
    }

    @Test("with a branch that points at itself")
    func selfLoop() throws {
        try expectDamage("it is in two places of the tree", page: { $0.keyRoot }) { snapshot in
            snapshot[number: snapshot.element(1, of: snapshot.keyRoot) + 8, bytes: 8] =
                snapshot.keyRoot
        }
    }

    @Test("with two branches that point at each other")
    func branchLoop() throws {
        try expectDamage("it is in two places of the tree", page: { $0.keyRoot }) { snapshot in
            let leaf = snapshot.keyLeaf
            snapshot[number: snapshot.offset(ofPage: leaf) + 8, bytes: 2] = 1
            snapshot[number: snapshot.element(0, of: leaf) + 8, bytes: 8] = snapshot.keyRoot
        }
    }

    @Test("with a leaf in two places")
    func sharedLeaf() throws {
        try expectDamage("it is in two places of the tree") { snapshot in
            snapshot[number: snapshot.element(2, of: snapshot.keyRoot) + 8, bytes: 8] =
                snapshot.keyLeaf
        }
    }

    @Test("with two buckets on one page")
    func sharedBucket() throws {
        // two buckets are counted in no order: one of them is first
        try expectDamage("it is in two places of the tree", page: { $0.keyRoot }) { snapshot in
            let lease = try #require(snapshot.bucket("lease")).value
            snapshot[number: lease, bytes: 8] = snapshot.keyRoot
        }
    }

    @Test(
        "with a page that there is not",
        arguments: [0, 1, 1 << 40, Int.max, -1]
    )
    func noSuchPage(number: Int) throws {
        let page = Int(truncatingIfNeeded: UInt64(truncatingIfNeeded: number))
        var snapshot = try EditedSnapshot("busy-3.5.16")
        snapshot[number: snapshot.element(1, of: snapshot.keyRoot) + 8, bytes: 8] = page
        snapshot.sign()
        let expected = SnapshotFault.damaged(
            page: UInt64(bitPattern: Int64(page)),
            what: "there is no such page"
        )
        #expect(try snapshot.problem() == .fault(expected))
    }

    @Test("with a page that says it is another")
    func strangePage() throws {
        try expectDamage("it says that it is another page") { snapshot in
            snapshot[number: snapshot.offset(ofPage: snapshot.keyLeaf), bytes: 8] = 3
        }
    }

    @Test("with a page of no known type", arguments: [0, 4, 0x10, 0xFFFF])
    func strangeType(flags: Int) throws {
        try expectDamage("its type is \(flags)") { snapshot in
            snapshot[number: snapshot.offset(ofPage: snapshot.keyLeaf) + 8, bytes: 2] = flags
        }
    }

    @Test("with more elements than fit into a page")
    func tooManyElements() throws {
        try expectDamage("its 65535 elements do not fit into it") { snapshot in
            snapshot[number: snapshot.offset(ofPage: snapshot.keyLeaf) + 10, bytes: 2] = 65535
        }
    }

    @Test("with a branch that has no children")
    func emptyBranch() throws {
        try expectDamage("it is a branch without children", page: { $0.keyRoot }) { snapshot in
            snapshot[number: snapshot.offset(ofPage: snapshot.keyRoot) + 10, bytes: 2] = 0
        }
    }

    @Test("with a page that goes on behind the last one", arguments: [100, 0xFFFF_FFFF])
    func hugeOverflow(pages: Int) throws {
        try expectDamage("it goes on behind the last page") { snapshot in
            snapshot[number: snapshot.offset(ofPage: snapshot.keyLeaf) + 12, bytes: 4] = pages
        }
    }

    @Test("with a record out of its page", arguments: [4, 8, 12], [4096, 0xFFFF_FFFF])
    func recordOutOfBounds(field: Int, number: Int) throws {
        try expectDamage("its record 3 ends behind it") { snapshot in
            snapshot[number: snapshot.element(3, of: snapshot.keyLeaf) + field, bytes: 4] = number
        }
    }

    @Test("with a record whose key is no revision", arguments: [0, 8, 16, 19])
    func noRevision(keyBytes: Int) throws {
        try expectDamage("a record has no revision") { snapshot in
            snapshot[number: snapshot.element(2, of: snapshot.keyLeaf) + 8, bytes: 4] = keyBytes
        }
    }

    @Test("with a revision below zero")
    func negativeRevision() throws {
        try expectDamage("a record's revision is negative") { snapshot in
            snapshot.bytes[snapshot.record(2, of: snapshot.keyLeaf).key] = 0x80
        }
    }

    @Test("with records out of order")
    func unordered() throws {
        try expectDamage("its records are unordered") { snapshot in
            let second = snapshot.record(1, of: snapshot.keyLeaf).key
            let third = snapshot.record(2, of: snapshot.keyLeaf).key
            snapshot.bytes[third + 7] = snapshot.bytes[second + 7]
        }
    }

    @Test(
        "with a value whose key is longer than it, or endless, or not there",
        arguments: [[0x0A, 0xFF, 0x7F], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x12]]
            as [[UInt8]]
    )
    func noKey(start: [UInt8]) throws {
        try expectDamage("a record has no key") { snapshot in
            let value = snapshot.record(2, of: snapshot.keyLeaf).value
            snapshot.bytes.replaceSubrange(value..<(value + start.count), with: start)
        }
    }

    @Test("with a compacted revision that is no number")
    func noCompactedRevision() throws {
        var snapshot = try EditedSnapshot("busy-3.5.16")
        let needle = Array("finishedCompactRev".utf8)
        // older pages hold it too; the bucket is on its own page, or inside the root's
        let own = snapshot[number: try #require(snapshot.bucket("meta")).value, bytes: 8]
        let page = own == 0 ? snapshot.root : own
        let start = snapshot.offset(ofPage: page)
        let content = snapshot.bytes[start..<(start + EditedSnapshot.pageSize)]
        let name = try #require(content.firstRange(of: needle)).lowerBound
        // the element stands before the name, and says how far behind it is
        let element = try #require(
            stride(from: name - 16, to: name - 4096, by: -1).first { place in
                snapshot[number: place, bytes: 4] == 0
                    && snapshot[number: place + 4, bytes: 4] == name - place
                    && snapshot[number: place + 8, bytes: 4] == needle.count
            }
        )
        snapshot[number: element + 12, bytes: 4] = 7
        snapshot.sign()
        let expected = SnapshotFault.damaged(
            page: UInt64(page),
            what: "finishedCompactRev is no revision"
        )
        #expect(try snapshot.problem() == .fault(expected))
    }

    @Test("with a tree that is deeper than any")
    func tooDeep() throws {
        // free pages behind the end become branches, each above the next
        var snapshot = try EditedSnapshot("busy-3.5.16")
        let first = snapshot.highWaterMark
        let levels = 40
        snapshot.bytes.removeLast(32)
        for page in first..<(first + levels) {
            var branch = [UInt8](repeating: 0, count: EditedSnapshot.pageSize)
            (branch[0], branch[8], branch[10]) = (UInt8(page), 1, 1)
            branch[24] = UInt8(page + 1)
            snapshot.bytes += branch
        }
        snapshot.bytes += [UInt8](repeating: 0, count: 32)
        snapshot.setHighWaterMark(first + levels)
        snapshot[number: try #require(snapshot.bucket("key")).value, bytes: 8] = first
        snapshot.sign()
        let expected = SnapshotFault.damaged(page: UInt64(first + 32), what: "its tree is too deep")
        #expect(try snapshot.problem() == .fault(expected))
    }

    @Test("with a size that no file has", arguments: [1 << 50, 1 << 62, Int.max, -1, 0])
    func absurdSize(pages: Int) throws {
        var snapshot = try EditedSnapshot("plain-3.5.16")
        snapshot.setHighWaterMark(pages)
        snapshot.sign()
        guard case .fault(let fault)? = try snapshot.problem() else {
            Issue.record("it was proven")
            return
        }
        switch fault {
        case .damagedHeader, .truncated, .appended: break
        default: Issue.record("\(fault)")
        }
    }
}

extension EditedSnapshot {
    /// In both header pages, with their checksums (FNV-1a) made right.
    fileprivate mutating func setHighWaterMark(_ pages: Int) {
        for start in [16, Self.pageSize + 16] {
            self[number: start + 40, bytes: 8] = pages
            let checksum = bytes[start..<(start + 56)].reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01b3
            }
            self[number: start + 56, bytes: 8] = Int(truncatingIfNeeded: checksum)
        }
    }
}
