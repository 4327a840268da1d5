import RestorePlanning
import RestoreRun

/// How a relay is told: its way in the plan, what came of it in the run.
enum RelayWords {
    /// `coordinator → etcd-1 → etcd-2 (etcd's peer ports)`.
    static func way(_ relay: SnapshotRelay) -> String {
        let port = relay.settings.port.map { "port \($0)" } ?? "etcd's peer ports"
        return way(relay.hops.map(\.member)) + " (\(port))"
    }

    private static func way(_ chain: [String]) -> String {
        (["coordinator"] + chain).joined(separator: " → ")
    }

    /// Each with the member that it is about.
    static func lines(_ relay: RelayRecord) -> [(member: String, text: String)] {
        if relay.isOver {
            guard let broke = relay.broke else { return [] }
            return [
                (
                    "relay",
                    "broke off: \(broke); what is missing is sent to each host directly"
                )
            ]
        }
        let absent = relay.absent.map { absence in
            (member: absence.member, text: "sent to directly: \(absence.reason)")
        }
        return relay.chain.isEmpty ? absent : absent + [("relay", way(relay.chain))]
    }
}
