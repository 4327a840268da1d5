package import EtcdModel

/// A snapshot file on this machine, as it is.
package struct LocalSnapshot: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Proves the file and reads what it holds.
    /// - Throws: `SnapshotFileError`.
    package func prove() throws -> SnapshotProof {
        try SnapshotProver.prove(try OpenSnapshot(path))
    }
}
