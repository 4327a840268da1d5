import EtcdModel
import RestorePlanning
import RunReport
import SnapshotSource
import SnapshotStore

/// What `snapshot recover` says at its end.
enum RecoveryText {
    static func render(
        _ result: SnapshotRecoveryResult,
        _ destination: any SnapshotDestination
    ) -> String {
        let proof = result.comparison.best.proof
        return
            (SurvivorTable.lines(result.outcomes, result.comparison)
            + [
                "", place(result, destination),
                "proven: revision \(proof.revision), \(proof.keys) keys, HashKV \(proof.hashKV), "
                    + "SHA-256 \(proof.sha256); \(ByteText.describe(result.stored.bytes)) stored",
                "", "may be missing:",
            ]
            + missing(result).map { "  - \($0)" })
            .map(VisibleText.escaped).joined(separator: "\n")
    }

    /// What `--snapshot` takes.
    static func place(
        _ result: SnapshotRecoveryResult,
        _ destination: any SnapshotDestination
    ) -> String {
        "\(destination.description)/\(result.stored.name.text)"
    }

    /// What the cluster may have held and the snapshot does not.
    static func missing(_ result: SnapshotRecoveryResult) -> [String] {
        let lost = result.outcomes.compactMap { outcome in
            if case .lost(let member) = outcome { member.name } else { nil }
        }
        let name = result.survivor.name
        let tail: String =
            switch result.survivor.recoveredFrom {
            case .database:
                "the last writes before \(name) was stopped, if it was killed or lost its power: up "
                    + "to ten thousand, which only its WAL has"
            case .wal, nil:
                "writes in the moment before \(name) was cut off: it does not know which of them "
                    + "the others had agreed to"
            }
        return
            (lost.isEmpty
            ? [] : ["what was written to \(lost.joined(separator: ", ")) and not to \(name)"])
            + [tail]
    }
}

/// The same for a script.
struct RecoveryListing: Encodable {
    struct Member: Encodable {
        var member: String
        var revision: Int64?
        var compactRevision: Int64?
        var keys: Int?
        var hashKV: UInt32?
        /// In hex, as etcd prints it.
        var clusterID: String?
        /// `served`, `wal` or `database`; nil where it was not read.
        var from: String?
        var standing: String?
        var notRead: String?
    }

    var members: [Member]
    var best: String
    var mayBeMissing: [String]
    var stored: BackupListing

    init(_ result: SnapshotRecoveryResult) {
        members = result.outcomes.map { outcome in
            switch outcome {
            case .proven(let survivor, let proven):
                Member(
                    member: survivor.name,
                    revision: proven.proof.revision,
                    compactRevision: proven.proof.compactRevision,
                    keys: proven.proof.keys,
                    hashKV: proven.proof.hashKV,
                    clusterID: survivor.cluster?.description,
                    from: survivor.recoveredFrom?.rawValue ?? "served",
                    standing: result.comparison.standings[survivor.name]?.words
                )
            case .lost(let member): Member(member: member.name, notRead: member.reason)
            }
        }
        best = result.survivor.name
        mayBeMissing = RecoveryText.missing(result)
        stored = BackupListing(result.stored)
    }
}
