package import EtcdModel

/// A snapshot file on this machine.
package struct LocalSnapshot: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Proves the file and reads what it holds.
    ///
    /// First every byte goes through SHA-256, in order, as fast as the disk gives it; then its
    /// database is walked where the pages lie, from the page cache where there is memory for it. A
    /// recorded digest alone would not tell what is in it, and the structure alone would not show
    /// a flipped bit.
    /// - Throws: `SnapshotFileError`.
    package func prove() throws -> SnapshotProof {
        let file = try OpenSnapshot(path)
        do {
            let database = try requireSize(file)
            let digest = try FileDigest(file)
            guard digest.recorded == digest.computed else {
                throw SnapshotFault.digestMismatch(
                    recorded: digest.recorded,
                    computed: digest.computed
                )
            }
            let content = try SnapshotContent(reading: database)
            try file.requireUnchanged()
            return SnapshotProof(
                sha256: digest.whole,
                bytes: file.bytes,
                revision: content.revision,
                compactRevision: content.compactRevision,
                keys: content.keys,
                totalKeys: content.totalKeys,
                hashKV: content.hashKV,
                members: content.members,
                alarms: content.alarms,
                authEnabled: content.authEnabled,
                leases: content.leases,
                clusterVersion: content.clusterVersion,
                latestRecords: content.latestRecords
            )
        } catch let fault as SnapshotFault {
            // what is wrong with a file that someone is writing says nothing of the snapshot
            try file.requireUnchanged()
            throw SnapshotFileError(path: path, problem: .fault(fault))
        }
    }

    /// What the size alone tells: most damaged files are cut short or are something else.
    /// - Returns: the file without its digest.
    private func requireSize(_ file: OpenSnapshot) throws -> FileRange {
        let bytes = file.bytes
        guard bytes > 0 else { throw SnapshotFault.empty }
        let database: UInt64
        do {
            database = try SnapshotContent.databaseBytes(FileRange(file, count: Int(bytes)))
        } catch SnapshotFault.notADatabase {
            let beginning = FileBeginning(try file.beginning())
            // a few bytes of nothing known are rather the rest of a snapshot than something else
            if beginning == .unknown || beginning == .zeros,
                bytes < SnapshotContent.smallestDatabase
            {
                throw SnapshotFault.tooSmall(bytes: bytes)
            }
            throw SnapshotFault.notADatabase(beginning)
        }
        let expected = database + SnapshotTrailer.bytes
        if bytes.isMultiple(of: 512), bytes >= database {
            throw SnapshotFault.rawDatabase(bytes: bytes)
        }
        if bytes < expected { throw SnapshotFault.truncated(bytes: bytes, expected: expected) }
        if bytes > expected { throw SnapshotFault.appended(bytes: bytes, expected: expected) }
        return FileRange(file, count: Int(database))
    }
}

/// The SHA-256 that `snapshot save` appends (client/v3/snapshot/v3_snapshot.go of 3.5).
enum SnapshotTrailer {
    static let bytes: UInt64 = 32
}
