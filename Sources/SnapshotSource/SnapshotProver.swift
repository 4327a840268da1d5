import EtcdModel

/// Proves a snapshot and reads what it holds.
enum SnapshotProver {
    /// First every byte goes through SHA-256, in order, as fast as it comes; then the database is
    /// walked where its pages lie.
    ///
    /// A recorded digest alone would not tell what is in it, and the structure alone would not show
    /// a flipped bit. The digests are known where the bytes were hashed on their way in.
    /// - Throws: `SnapshotFileError`.
    static func prove(
        _ file: any SnapshotBytes,
        _ known: SnapshotDigest.Values? = nil
    ) throws -> SnapshotProof {
        do {
            let database = try requireSize(file)
            let digest = try known ?? SnapshotDigest.values(of: file)
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
                rootUsers: content.authEnabled ? content.rootUsers : nil,
                leases: content.leases,
                clusterVersion: content.clusterVersion,
                storageVersion: content.storageVersion,
                latestRecords: content.latestRecords
            )
        } catch let fault as SnapshotFault {
            // what is wrong with a file that someone is writing says nothing of the snapshot
            try file.requireUnchanged()
            throw SnapshotFileError(path: file.name, problem: .fault(fault))
        }
    }

    /// Returns what members would say that hold this data, at a revision and a compaction.
    ///
    /// A file that has not the given digest any more is refused; nil if nobody can have changed it.
    /// - Throws: `SnapshotFileError`.
    static func hashKV(
        of file: any SnapshotBytes,
        _ range: HashedRange,
        sha256: String? = nil
    ) throws -> UInt32 {
        do {
            if let sha256, try SnapshotDigest.values(of: file).whole != sha256 {
                throw SnapshotFileError(path: file.name, problem: .changedSinceProven)
            }
            return try SnapshotContent.hashKV(of: try requireSize(file), range)
        } catch let fault as SnapshotFault {
            throw SnapshotFileError(path: file.name, problem: .fault(fault))
        }
    }

    /// What the size alone tells: most damaged files are cut short or are something else.
    /// - Returns: the file without its digest.
    private static func requireSize(_ file: any SnapshotBytes) throws -> FileRange {
        let bytes = file.bytes
        guard bytes > 0 else { throw SnapshotFault.empty }
        try requireNoTar(try file.beginning())
        let database: UInt64
        do {
            database = try SnapshotContent.databaseBytes(FileRange(file, count: Int(bytes)))
        } catch SnapshotFault.notADatabase {
            throw notADatabase(try file.beginning(), bytes: bytes)
        }
        let expected = database + SnapshotTrailer.bytes
        if bytes.isMultiple(of: 512), bytes >= database {
            throw SnapshotFault.rawDatabase(bytes: bytes)
        }
        if bytes < expected { throw SnapshotFault.truncated(bytes: bytes, expected: expected) }
        if bytes > expected { throw SnapshotFault.appended(bytes: bytes, expected: expected) }
        return FileRange(file, count: Int(database))
    }

    /// A database behind the 512 bytes of a tar header has its first page where a small second one
    /// would be.
    static func requireNoTar(_ beginning: [UInt8]) throws(SnapshotFault) {
        let kind = FileBeginning(beginning)
        if kind == .packed(.tar) { throw .notADatabase(kind) }
    }

    /// What it is instead, by its first bytes.
    static func notADatabase(_ first: [UInt8], bytes: UInt64) -> SnapshotFault {
        let beginning = FileBeginning(first)
        // a few bytes of nothing known are rather the rest of a snapshot than something else
        if beginning == .unknown || beginning == .zeros, bytes < SnapshotContent.smallestDatabase {
            return .tooSmall(bytes: bytes)
        }
        return .notADatabase(beginning)
    }
}

/// The SHA-256 that `snapshot save` appends (client/v3/snapshot/v3_snapshot.go of 3.5).
enum SnapshotTrailer {
    static let bytes: UInt64 = 32
}
