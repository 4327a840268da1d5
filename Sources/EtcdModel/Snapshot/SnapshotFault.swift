/// Why a file is not a snapshot that may be restored.
package enum SnapshotFault: Error, Sendable, Hashable {
    case empty
    case tooSmall(bytes: UInt64)
    /// Neither of the first two pages is a header of bbolt.
    case notADatabase(FileBeginning)
    /// A copy of `member/snap/db`: whole, and without the digest that `snapshot save` appends.
    case rawDatabase(bytes: UInt64)
    case truncated(bytes: UInt64, expected: UInt64)
    case appended(bytes: UInt64, expected: UInt64)
    case digestMismatch(recorded: String, computed: String)
    case damagedHeader
    /// The structure is broken although the digest is right: it was saved broken.
    case damaged(page: UInt64, what: String)
    case notEtcd(missing: String)
}

extension SnapshotFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "is empty"
        case .tooSmall(let bytes): "is too small for a snapshot: \(bytes) bytes"
        case .notADatabase(let beginning): "is not an etcd snapshot: \(Self.what(beginning))"
        case .rawDatabase(let bytes):
            "has no digest behind its database (\(bytes) bytes): it is a raw copy of member/snap/db"
        case .truncated(let bytes, let expected):
            "is truncated: \(bytes) bytes of \(expected)"
        case .appended(let bytes, let expected):
            "has \(bytes - expected) \(bytes - expected == 1 ? "byte" : "bytes") too many behind "
                + "its end (\(bytes), not \(expected))"
        case .digestMismatch(let recorded, let computed):
            "is corrupt: its SHA-256 is \(computed), recorded is \(recorded)"
        case .damagedHeader: "is corrupt: neither of its two header pages has a right checksum"
        case .damaged(let page, let what): "is corrupt at page \(page): \(what)"
        case .notEtcd(let missing):
            "is a bbolt database, but not etcd's: it has no bucket \"\(missing)\""
        }
    }

    private static func what(_ beginning: FileBeginning) -> String {
        switch beginning {
        case .packed(let packing) where packing.isEncryption:
            "it is encrypted with \(packing.rawValue)"
        case .packed(.tar): "it is a tar archive"
        case .packed(let packing): "it is compressed with \(packing.rawValue)"
        case .text(let line): "it is text, and begins \"\(line)\""
        case .zeros: "it begins with zeros"
        case .unknown: "it has no database header"
        }
    }

    /// What to do next.
    package var hint: String {
        switch self {
        case .empty, .tooSmall, .truncated:
            "its copy or its upload was cut short; fetch it again, or take an older snapshot"
        case .notADatabase(.packed(.tar)):
            "a snapshot may be in it: `tar -tf FILE` lists its files, `tar -xf FILE` unpacks them; "
                + "then give the snapshot"
        case .notADatabase(.packed(let packing)): "open it first: `\(packing.opening)`"
        case .notADatabase(.text):
            "it may be the error page of a failed download; read it, then fetch the snapshot again"
        case .notADatabase(.zeros):
            "it was never written, or lost in a crash; fetch it again, or take an older snapshot"
        case .notADatabase(.unknown):
            "it may be encrypted, packed by another program, or simply the wrong file"
        case .rawDatabase:
            "a raw copy lacks what is only in the write-ahead log, and one of a running member may "
                + "be torn; take one with `etcdctl snapshot save`"
        case .appended:
            "something was written behind it; fetch it again, or take an older snapshot"
        case .digestMismatch, .damagedHeader:
            "do not restore it; fetch it again from where it was saved, or take an older snapshot"
        case .damaged:
            "its digest is right, so it was saved like this: the member it was taken from may be "
                + "corrupt; take an older snapshot, or one of another member"
        case .notEtcd: "it is another program's database"
        }
    }
}
