import RestorePlanning

extension SnapshotReference {
    /// What the manifest beside it says; nil where none lies there.
    var manifestWords: String? {
        manifest.map {
            "agrees: \($0.origin) at \($0.takenAt), with this SHA-256, revision, number of keys and "
                + "HashKV"
        }
    }
}

extension ManifestRecord {
    fileprivate var origin: String {
        switch recoveredFrom {
        case "wal":
            "recovered from the database and WAL of \(member), its last writes may be missing,"
        case .some:
            "recovered from the database of \(member) without its WAL, writes may be missing,"
        case nil: "saved from \(member)"
        }
    }
}
