/// Why a file is not a snapshot that may be restored.
package enum SnapshotFault: Error, Sendable, Hashable {
    case empty
    case tooSmall(bytes: UInt64)
    case notADatabase
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
        case .notADatabase: "is not an etcd snapshot: it has no database header"
        case .rawDatabase(let bytes):
            "is a raw copy of member/snap/db (\(bytes) bytes), not a snapshot: it has no digest"
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

    /// What to do next.
    package var hint: String {
        switch self {
        case .empty, .tooSmall, .truncated:
            "its copy or its upload was cut short; fetch it again, or take an older snapshot"
        case .notADatabase:
            "if it is compressed or encrypted, unpack it first; else it is the wrong file"
        case .rawDatabase:
            "a raw copy lacks what is only in the write-ahead log; take one with "
                + "`etcdctl snapshot save`"
        case .appended:
            "something was written behind it; fetch it again, or take an older snapshot"
        case .digestMismatch, .damagedHeader, .damaged:
            "do not restore it; fetch it again from where it was saved, or take an older snapshot"
        case .notEtcd: "it is another program's database"
        }
    }
}
