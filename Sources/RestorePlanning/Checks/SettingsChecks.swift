import ClusterInventory
import EtcdModel

/// The checks on settings that would ruin a restored member when it is started.
///
/// The ones for a first start (`initial-cluster-token`, `initial-cluster-state`, `discovery`) are not
/// among them: etcd does not read them where there is data.
struct SettingsChecks {
    let member: InventoryMember
    let facts: HostFacts

    func all() -> [Check] { [forceNewCluster, noSync].compactMap { $0 } }

    /// It makes the member a cluster of one, on every start, and throws the others out.
    private var forceNewCluster: Check? {
        let lines = facts.unit.forcingLines
        let place = lines.isEmpty ? "" : " (\(lines.prefix(5).joined(separator: ", ")))"
        let hint =
            "take it out\(lines.isEmpty ? "" : " of \(lines[0])")"
            + (member.service.kind == .systemd ? ", then `systemctl daemon-reload`" : "")
            + ": it is for one start, and makes each member a cluster of its own"
        switch facts.configuration.isOn("force-new-cluster") {
        case .on: return check(.fails, "force-new-cluster is on\(place)", hint: hint)
        case .unreadable(let value):
            return check(
                .fails,
                "force-new-cluster is \"\(value)\"\(place), which etcd does not start with",
                hint: hint
            )
        case .off: return nil
        case nil:
            guard !lines.isEmpty else { return nil }
            return check(
                .warns,
                "force-new-cluster is mentioned in \(lines.prefix(5).joined(separator: ", ")), and "
                    + "whether etcd gets it is not known",
                hint: hint
            )
        }
    }

    private var noSync: Check? {
        guard facts.configuration.isOn("unsafe-no-fsync") == .on else { return nil }
        return check(
            .warns,
            "unsafe-no-fsync is on: a power cut can cost what the cluster has confirmed",
            hint: "take it out of etcd's settings"
        )
    }

    private func check(_ verdict: Check.Verdict, _ saw: String, hint: String) -> Check {
        Check("settings", member: member.member.name, verdict, saw, hint: hint)
    }
}
