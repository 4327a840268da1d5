import ClusterInventory
import EtcdModel
import RemoteHost

/// The checks that hold what is written against the etcd that runs.
struct RunningChecks {
    let member: InventoryMember
    let facts: HostFacts

    func all() -> [Check] {
        [command, database, dependents].compactMap { $0 }
            + (facts.process.map { [settings($0)] } ?? [])
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
    private var database: Check? {
        guard facts.unit.activity.activity == .active,
            let isOpen = facts.observation?.isDatabaseOpen
        else { return nil }
        let believed = "\(facts.dataDir?.path ?? "the data directory")/member/snap/db"
        guard let process = facts.process else {
            // of a pod it is known only that its manifest is there
            if !isOpen, member.service.kind == .staticPod { return nil }
            return isOpen
                ? check("open database", .holds, believed)
                : isNotOpen("\(member.service.title) runs, and nothing has \(believed) open")
        }
        let etcd = "etcd, process \(process.id),"
        guard let path = process.database else {
            return isOpen
                ? check("open database", .holds, believed)
                : isNotOpen("\(etcd) has no database open")
        }
        if let inode = process.databaseInode, inode == facts.dataDir?.databaseInode {
            return check("open database", .holds, "\(believed), by process \(process.id)")
        }
        // the disaster itself: what the process still has is no file any more
        if process.isDatabaseDeleted, process.isInContainer || isMine(path) {
            return check(
                "open database",
                .warns,
                "\(etcd) has \(path) open, which was deleted: its data ends with the process",
                hint: "while it runs, `rekindle snapshot save` may still save what it has"
            )
        }
        return check(
            "open database",
            .fails,
            "\(etcd) has \(path) open, and not \(believed)",
            hint: "set `data-dir` under `etcd` in the inventory to the directory that etcd uses"
        )
    }

    /// An etcd that is only about to run, again and again, is not there for long enough to tell.
    private func isNotOpen(_ saw: String) -> Check {
        let isUp = facts.live != nil || facts.unit.activity.detail.hasPrefix("active")
        return check(
            "open database",
            isUp ? .fails : .warns,
            saw,
            hint:
                "set `data-dir` under `etcd` in the inventory to the directory that etcd uses; if it is "
                + "that one, etcd may be starting, or fail to: \(member.service.logHint) on the host tells"
        )
    }

    private func isMine(_ path: String) -> Bool {
        [facts.dataDir?.path, facts.dataDir?.realPath].contains { directory in
            directory.map { "\($0)/member/snap/db" } == path
        }
    }

    /// They are down as long as etcd is, and systemd leaves them so.
    private var dependents: Check? {
        let units = facts.unit.dependents.filter(\.isUp)
        guard member.service.kind == .systemd, !units.isEmpty else { return nil }
        return check(
            "dependents",
            .warns,
            "systemd stops \(units.map(\.name).joined(separator: ", ")) with \(member.service.unit); a run "
                + "that stops etcd starts what is up now again at its end"
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
