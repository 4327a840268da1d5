import ClusterInventory
import EtcdModel

/// The checks that hold what is written against the etcd that runs.
struct RunningChecks {
    let member: InventoryMember
    let facts: HostFacts

    func all() -> [Check] {
        [command].compactMap { $0 } + (facts.process.map { [database($0), settings($0)] } ?? [])
    }

    private func check(
        _ check: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check {
        Check(check, member: member.member.name, verdict, saw, hint: hint)
    }

    /// What a script gives to etcd is told by the process alone, as long as one runs.
    private var command: Check? {
        guard let obstacle = facts.unit.obstacle else { return nil }
        let source =
            facts.process.map { "its settings are those of process \($0.id)" }
            ?? "no etcd runs that could tell its settings"
        return check(
            "etcd's command",
            .warns,
            "\(obstacle); \(source)",
            hint: "see that the inventory has the name, data-dir, wal-dir and URLs that it is given"
        )
    }

    /// A restore beside the directory that etcd really uses would restore nothing, and say it had.
    private func database(_ process: RunningEtcd) -> Check {
        guard let open = process.databaseInode, let path = process.database else {
            return check(
                "open database",
                facts.observation?.isDatabaseOpen == false ? .warns : .holds,
                "etcd, process \(process.id), has no database open",
                hint: facts.observation?.isDatabaseOpen == false
                    ? "it may be starting, or fail to: \(member.service.logHint) on the host tells"
                    : nil
            )
        }
        let believed = "\(facts.dataDir?.path ?? "the data directory")/member/snap/db"
        return open == facts.dataDir?.databaseInode
            ? check("open database", .holds, "\(believed), by process \(process.id)")
            : check(
                "open database",
                .fails,
                "etcd, process \(process.id), has \(path) open, and not \(believed)",
                hint: "set `data-dir` under `etcd` in the inventory to the directory that etcd uses"
            )
    }

    /// The unit or its files were changed since etcd was started.
    private func settings(_ process: RunningEtcd) -> Check {
        let running = process.configuration
        let flags =
            process.isInContainer
            ? ["name", "initial-advertise-peer-urls"]
            : ["name", "data-dir", "wal-dir", "initial-advertise-peer-urls"]
        let changed = flags.compactMap { flag -> String? in
            guard running["config-file"] == nil, let now = running[flag],
                let next = facts.configuration[flag], !next.contains("$"),
                Self.plain(now) != Self.plain(next)
            else { return nil }
            return "\(flag) is \(now), and will be \(next) after a start"
        }
        return changed.isEmpty
            ? check("running settings", .holds, "as the service would start it")
            : check(
                "running settings",
                .fails,
                changed.joined(separator: "; "),
                hint:
                    "the service's files were changed after etcd had been started: correct them, or "
                    + "restart the member with them, before anything is restored"
            )
    }

    /// The order of URLs says nothing.
    private static func plain(_ value: String) -> [String] {
        value.split(separator: ",").map { HostPath.plain(String($0)) }.sorted()
    }
}
