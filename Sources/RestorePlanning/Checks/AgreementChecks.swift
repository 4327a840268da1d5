import ClusterInventory
import EtcdModel

/// The checks that hold the inventory against what is written on the host.
struct AgreementChecks {
    let member: InventoryMember
    let facts: HostFacts

    /// What the inventory says against what the unit will do: where they differ, both are shown.
    func all() -> [Check] {
        let unit = facts.configuration
        let peers = unit["initial-advertise-peer-urls"]?.split(separator: ",").map(String.init)
        return [
            agreement("name", member.member.name, unit["name"]),
            agreement("data-dir", member.etcd.dataDir, unit["data-dir"]),
            agreement(
                "wal-dir",
                member.etcd.walDir ?? unit["wal-dir"] ?? "",
                unit["wal-dir"] ?? ""
            ),
            agreement(
                "initial-advertise-peer-urls",
                member.member.peerURLs.sorted().joined(separator: ","),
                peers?.sorted().joined(separator: ",")
            ),
        ]
    }

    /// All that say so: the inventory, what is written on the host, and the etcd that runs.
    private func source(of flag: String, _ value: String) -> String {
        let written =
            facts.configuration.running.contains(flag)
            ? nil : facts.configuration.file ?? member.service.manifest ?? member.service.unit
        let runs = facts.process?.configuration[flag] == value
        return (["the inventory"] + [written, runs ? "the etcd that runs" : nil].compactMap { $0 })
            .joined(separator: ", ")
    }

    private func agreement(_ flag: String, _ inventory: String?, _ unit: String?) -> Check {
        if let unit, unit.contains("$") {
            return check(
                flag,
                .fails,
                "the unit says \(unit), with a variable that Rekindle did not find",
                hint: "set ETCD_\(flag.uppercased().replacing("-", with: "_")) in the unit, or "
                    + "write the value out"
            )
        }
        guard let inventory, let unit else {
            let one = inventory ?? unit
            return one.map {
                check(flag, .holds, "\($0), from the \(inventory == nil ? "unit" : "inventory")")
            }
                ?? check(
                    flag,
                    .fails,
                    "neither the inventory nor the unit says it",
                    hint: "add it to the inventory"
                )
        }
        if inventory == unit {
            var held = check(flag, .holds, unit.isEmpty ? "none" : unit)
            held.source = unit.isEmpty ? nil : source(of: flag, unit)
            return held
        }
        return check(
            flag,
            .fails,
            "the inventory says \(shown(inventory)), the unit on the host \(shown(unit))",
            hint: "correct the one that is wrong: etcd would start with the unit's"
        )
    }

    private func shown(_ text: String) -> String { text.isEmpty ? "nothing" : text }

    private func check(
        _ check: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check {
        Check(check, member: member.member.name, verdict, saw, hint: hint)
    }
}
