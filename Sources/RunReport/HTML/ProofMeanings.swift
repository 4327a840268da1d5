import RestorePlanning
import RestoreRun

/// What each proof shows, for a reader who has never run etcd.
enum ProofMeanings {
    private static let words = [
        (
            "cluster ID",
            "the member is in the new cluster and in no other; etcd derives the ID from the "
                + "peer URLs and the token"
        ),
        ("member ID", "it is the member that the plan made it; derived in the same way"),
        ("leader", "all members follow one and the same leader, in one term"),
        ("revision", "it has come at least as far as the data that was restored"),
        (
            "data hash",
            "HashKV, etcd’s hash over every key, value and revision, is what was computed "
                + "from the snapshot file"
        ),
        (
            ExpectedData.compactedName,
            "its history was compacted before the hash could be asked: in its place, it holds the "
                + "same data as the other members"
        ),
        ("same data", "its HashKV is that of the other members at one revision"),
        ("key count", "it counts as many keys as the snapshot file holds"),
        ("alarms", "etcd reports neither lack of room nor corruption"),
        (
            "write",
            "a transaction that changes nothing went through consensus by way of this member"
        ),
        (
            "restored copy",
            "the restored database is the same, byte for byte, as the other members’"
        ),
        (
            ProductionLook.name,
            "its unit, process, directories and listening ports are as they were before the drill"
        ),
    ]

    /// Only of the proofs that were made.
    static func html(_ summary: RunSummary) -> HTML {
        let made = Set(summary.state.proofs.map(\.name))
        let own = made.contains { $0.hasPrefix("check: ") }
        let known =
            words.filter { made.contains($0.0) }
            + (own
                ? [("check: …", "a question of the playbook’s own, put to the restored data")] : [])
        guard !known.isEmpty else { return HTML() }
        return .tag("details") {
            HTML.tag("summary") { "What each proof shows" }
            HTML.fields(known.map { ($0.0, StyledLine($0.1)) })
        }
    }
}
