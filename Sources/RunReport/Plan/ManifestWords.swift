import RestorePlanning

extension SnapshotReference {
    /// What the manifest beside it says, and whose it is on the operator's word; nil without either.
    var manifestWords: String? {
        let other = fromCluster.map { "OF ANOTHER CLUSTER, \($0), as --from-cluster says" }
        let agrees = manifest.map {
            "agrees: \($0.origin) at \($0.takenAt), with this SHA-256, revision, number of keys and "
                + "HashKV"
        }
        let parts = [other, agrees].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
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
