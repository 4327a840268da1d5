package import EtcdModel
import Glibc

/// A snapshot file on this machine.
package struct LocalSnapshot: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Proves the file and reads what it holds.
    ///
    /// First every byte goes through SHA-256, in order, as fast as the disk gives it; then its
    /// database is walked where the pages lie. A recorded digest alone would not tell what is in it,
    /// and the structure alone would not show a flipped bit.
    /// - Throws: `SnapshotFileError`.
    package func prove() throws -> SnapshotProof {
        let file = try OpenSnapshot(path)
        do {
            try requireSize(file)
            let digest = try FileDigest(file)
            guard digest.recorded == digest.computed else {
                throw SnapshotFault.digestMismatch(
                    recorded: digest.recorded,
                    computed: digest.computed
                )
            }
            let content = try file.mapped { database in
                try SnapshotContent(walking: database, onRead: file.giveBack)
            }
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
                clusterVersion: content.clusterVersion
            )
        } catch let fault as SnapshotFault {
            throw SnapshotFileError(path: path, problem: .fault(fault))
        }
    }

    /// What the size alone tells: most damaged files are cut short or are something else.
    private func requireSize(_ file: OpenSnapshot) throws {
        let bytes = file.bytes
        if bytes == 0 { throw SnapshotFault.empty }
        if bytes < 1024 + SnapshotTrailer.bytes { throw SnapshotFault.tooSmall(bytes: bytes) }
        let database = try file.mappedWhole { whole throws(SnapshotFault) in
            try SnapshotContent.databaseBytes(whole)
        }
        let expected = database + SnapshotTrailer.bytes
        if bytes.isMultiple(of: 512), bytes >= database {
            throw SnapshotFault.rawDatabase(bytes: bytes)
        }
        if bytes < expected { throw SnapshotFault.truncated(bytes: bytes, expected: expected) }
        if bytes > expected { throw SnapshotFault.appended(bytes: bytes, expected: expected) }
    }
}

/// The SHA-256 that `snapshot save` appends (client/v3/snapshot/v3_snapshot.go of 3.5).
enum SnapshotTrailer {
    static let bytes: UInt64 = 32
}

/// A file that cannot be used as a snapshot, by name.
package struct SnapshotFileError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        case fault(SnapshotFault)
        case unreadable(code: Int32)
        case notAFile
        case changedWhileRead
    }

    package var path: String
    package var problem: Problem

    package var description: String {
        switch problem {
        case .fault(let fault): "\(path) \(fault)"
        case .unreadable(let code):
            "cannot read \(path): " + String(cString: strerror(code)).lowercased()
        case .notAFile: "\(path) is not a regular file"
        case .changedWhileRead: "\(path) changed while it was read"
        }
    }

    package var hint: String {
        switch problem {
        case .fault(let fault): fault.hint
        case .unreadable(let code):
            code == ENOENT || code == ENOTDIR
                ? "check the path; snapshots are made with `etcdctl snapshot save`"
                : "check the permissions of the file and its directories"
        case .notAFile: "give the snapshot file itself"
        case .changedWhileRead: "wait until whoever writes it is done, or copy it first"
        }
    }
}
