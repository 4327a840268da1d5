import RestorePlanning

extension SnapshotReference {
    /// What the manifest beside it says; nil where none lies there.
    var manifestWords: String? {
        manifest.map {
            "agrees: saved from \($0.member) at \($0.takenAt), with this SHA-256, revision, number of "
                + "keys and HashKV"
        }
    }
}
