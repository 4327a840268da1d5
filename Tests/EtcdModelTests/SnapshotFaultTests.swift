import EtcdModel
import Testing

@testable import SnapshotSource

@Suite("A snapshot file that is damaged or is none")
struct SnapshotFaultTests {
    private func fault(_ snapshot: EditedSnapshot) throws -> SnapshotFault? {
        guard case .fault(let fault)? = try snapshot.problem() else { return nil }
        return fault
    }

    private func fault(of bytes: [UInt8]) throws -> SnapshotFault? {
        var snapshot = try EditedSnapshot("plain-3.5.16")
        snapshot.bytes = bytes
        return try fault(snapshot)
    }

    @Test("is said to be empty, too small, zeros or text, each with its own hint")
    func noSnapshot() throws {
        #expect(try fault(of: []) == .empty)
        #expect(try fault(of: Array(repeating: 0xA7, count: 10)) == .tooSmall(bytes: 10))
        let snapshot = try EditedSnapshot("plain-3.5.16").bytes
        #expect(try fault(of: Array(snapshot.prefix(10))) == .tooSmall(bytes: 10))
        #expect(try fault(of: Array(repeating: 0, count: 20512)) == .notADatabase(.zeros))
        #expect(
            try fault(of: Array(repeating: 0xA7, count: 20512)) == .notADatabase(.unknown)
        )
        let page = try fault(of: Array("<?xml version=\"1.0\"?>\n<Error>NoSuchKey</Error>\n".utf8))
        #expect(page == .notADatabase(.text(firstLine: "<?xml version=\"1.0\"?>")))
        #expect(page?.description.contains("it is text, and begins \"<?xml version") == true)
        #expect(page?.hint.contains("failed download") == true)
    }

    @Test(
        "is named by what packed it",
        arguments: ["gzip", "zstd", "xz", "bzip2", "gpg"]
    )
    func packed(program: String) throws {
        let fault = try #require(try fault(of: Fixtures.bytes("packed/empty.db.\(program)")))
        let packing = try #require(FileBeginning.Packing(rawValue: program))
        #expect(fault == .notADatabase(.packed(packing)))
        #expect(fault.description.contains(" with \(program)"))
        #expect(fault.hint.contains("`\(program) "))
    }

    @Test(
        "is named by the first bytes of what packs it in other ways",
        arguments: [
            ("age", Array("age-encryption.org/v1\n-> X25519 ".utf8)),
            ("age", Array("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl".utf8)),
            ("gpg", Array("-----BEGIN PGP MESSAGE-----\n\nhQIM".utf8)),
            // to an RSA key of 4096 bits, to one of Curve25519
            ("gpg", [0x85, 0x02, 0x0C, 0x03, 0x3F, 0x91]),
            ("gpg", [0x84, 0x5E, 0x03, 0xCE, 0x11, 0x22]),
            ("gpg", [0xC1, 0xC0, 0x4C, 0x03, 0xCE, 0x11]),
            ("lz4", [0x04, 0x22, 0x4D, 0x18, 0x64, 0x40]),
            ("zip", [0x50, 0x4B, 0x03, 0x04, 0x14, 0x00]),
            // pzstd's frame before the first; a frame that is longer than what is at hand; LZ4's
            ("zstd", [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4, 0x28, 0xB5, 0x2F, 0xFD]),
            ("zstd", [0x5E, 0x2A, 0x4D, 0x18, 0, 0x10, 0, 0, 1, 2, 3, 4]),
            ("lz4", [0x53, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9, 0x04, 0x22, 0x4D, 0x18]),
            // signed and not encrypted: compressed, plain, in the format of RFC 9580
            ("gpg", [0xA3, 0x01, 0x0C, 0xD7, 0x03]), ("gpg", [0x90, 0x0D, 0x03, 0x00, 0x0A]),
            ("gpg", [0xC4, 0x0D, 0x03, 0x00, 0x0A]), ("gpg", [0xC1, 0x5E, 0x06, 0x21, 0x04]),
            ("gzip", [0x1F, 0x9D, 0x90, 0x00]), ("zlib", [0x78, 0x9C, 0xEC, 0xBD]),
            ("lzop", [0x89, 0x4C, 0x5A, 0x4F, 0x00]), ("openssl", Array("Salted__abc".utf8)),
            ("openssl", Array("U2FsdGVkX19v92vEUFhd38Tj\n".utf8)),
            ("lz4", [0x02, 0x21, 0x4C, 0x18]),
            ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0x00]),
            ("snappy", [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59]),
        ] as [(String, [UInt8])]
    )
    func packedByMagic(program: String, bytes: [UInt8]) throws {
        let packing = try #require(FileBeginning.Packing(rawValue: program))
        #expect(FileBeginning(bytes) == .packed(packing))
    }

    @Test("has terminal codes in no message")
    func hostileText() throws {
        let escape = Array("\u{1B}]0;owned\u{7} error page".utf8)
        #expect(try fault(of: escape + escape) == .tooSmall(bytes: 42))
        let long = Array(String(repeating: "x", count: 3000).utf8)
        #expect(
            try fault(of: long)
                == .notADatabase(.text(firstLine: String(repeating: "x", count: 40)))
        )
    }

    @Test("is a raw copy where it has no trailer", arguments: ["3.4.23", "3.5.16"])
    func rawCopy(version: String) throws {
        let raw = try Fixtures.bytes("snapshots/raw-\(version).db")
        #expect(try fault(of: raw) == .rawDatabase(bytes: UInt64(raw.count)))
        var cut = try EditedSnapshot("plain-\(version)")
        cut.bytes.removeLast(32)
        #expect(try fault(cut) == .rawDatabase(bytes: 20480))
    }

    @Test("is truncated wherever it ends")
    func truncated() throws {
        let whole = try EditedSnapshot("plain-3.5.16")
        let boundaries = stride(from: 512, to: whole.databaseBytes, by: 512)
        let odd = [80, 81, 100, 1023, 1024, 1055, 1057, 4095, 4097, 12345, 20479, 20481, 20511]
        for count in Array(boundaries) + odd {
            var snapshot = whole
            snapshot.bytes = Array(whole.bytes.prefix(count))
            let expected = SnapshotFault.truncated(bytes: UInt64(count), expected: 20512)
            #expect(try fault(snapshot) == expected)
        }
    }

    @Test("has bytes too many", arguments: [1, 31, 33, 512, 4096])
    func appended(count: Int) throws {
        var snapshot = try EditedSnapshot("plain-3.5.16")
        snapshot.bytes += Array(repeating: 7, count: count)
        let bytes = UInt64(20512 + count)
        #expect(try fault(snapshot) == .appended(bytes: bytes, expected: 20512))
        #expect(
            try fault(snapshot)?.description.contains(
                "\(count) \(count == 1 ? "byte" : "bytes") too many"
            )
                == true
        )
    }

    @Test("shows one flipped bit, wherever it is", arguments: ["plain-3.4.23", "busy-3.5.16"])
    func flippedBits(name: String) throws {
        let whole = try EditedSnapshot(name)
        let free = try #require(whole.freePage)
        let places = [
            // header pages: their number, magic, page size, root, high-water mark, checksum
            0, 16, 24, 32, 56, 72, 4096, 4112, 4120, 4128, 4152, 4168, 4096 + 1000,
            whole.offset(ofPage: whole.keyLeaf) + 3000, whole.offset(ofPage: whole.root) + 20,
            whole.offset(ofPage: free) + 2000, whole.databaseBytes, whole.bytes.count - 1,
        ]
        for place in places {
            for bit in [0, 7] {
                var snapshot = whole
                snapshot.bytes[place] ^= 1 << UInt8(bit)
                let fault = try fault(snapshot)
                guard case .digestMismatch(let recorded, let computed)? = fault else {
                    Issue.record("byte \(place), bit \(bit): \(String(describing: fault))")
                    continue
                }
                #expect(recorded != computed)
            }
        }
    }

    @Test("is corrupt where neither header page is right")
    func damagedHeaders() throws {
        var snapshot = try EditedSnapshot("plain-3.5.16")
        snapshot.bytes[40] ^= 1
        snapshot.bytes[4096 + 40] ^= 1
        snapshot.sign()
        #expect(try fault(snapshot) == .damagedHeader)
    }

    @Test("is another program's where its buckets are not etcd's", arguments: ["key", "meta"])
    func otherDatabase(bucket: String) throws {
        var snapshot = try EditedSnapshot("plain-3.5.16")
        let name = try #require(snapshot.bucket(bucket)).name
        snapshot.bytes[name + bucket.utf8.count - 1] = UInt8(ascii: "z")
        snapshot.sign()
        #expect(try fault(snapshot) == .notEtcd(missing: bucket))
    }

    @Test("has a message and a hint of its own for every fault")
    func messages() {
        let packings = FileBeginning.Packing.allCases.map {
            SnapshotFault.notADatabase(.packed($0))
        }
        let faults: [SnapshotFault] =
            packings + [
                .empty, .tooSmall(bytes: 1), .notADatabase(.text(firstLine: "x")),
                .notADatabase(.zeros), .notADatabase(.unknown), .rawDatabase(bytes: 4096),
                .truncated(bytes: 1, expected: 2), .appended(bytes: 2, expected: 1),
                .digestMismatch(recorded: "a", computed: "b"), .damagedHeader,
                .damaged(page: 7, what: "x"), .notEtcd(missing: "key"),
            ]
        #expect(Set(faults.map(\.description)).count == faults.count)
        #expect(faults.allSatisfy { !$0.hint.isEmpty })
        let error = SnapshotFileError(path: "/a.db", problem: .fault(.damaged(page: 7, what: "x")))
        #expect("\(error)" == "/a.db is corrupt at page 7: x")
    }
}

extension EditedSnapshot {
    /// A page that no tree of the file uses.
    fileprivate var freePage: Int? {
        var used: Set<Int> = [0, 1, root]
        func take(_ page: Int) {
            let overflow = self[number: offset(ofPage: page) + 12, bytes: 4]
            used.formUnion(page...(page + overflow))
            if isBranch(page) { for index in 0..<count(page) { take(child(index, of: page)) } }
        }
        for index in 0..<count(root) {
            let page = self[number: record(index, of: root).value, bytes: 8]
            if page > 0 { take(page) }
        }
        return (2..<highWaterMark).first { !used.contains($0) }
    }
}
