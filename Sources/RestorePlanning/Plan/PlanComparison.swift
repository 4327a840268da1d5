import ClusterInventory
import EtcdModel
import RemoteHost

/// Where two plans would act differently; what was only seen does not count.
package enum PlanComparison {
    /// Sentences, none where the plans do the same.
    package static func differences(_ given: Plan, _ now: Plan) -> [String] {
        guard given.outlook.askedHosts else {
            return ["the plan was made offline: it does not know what is on the hosts"]
        }
        var differences: [String] = []
        if given.cluster != now.cluster {
            differences.append("the cluster is \(now.cluster), the plan is for \(given.cluster)")
        }
        if given.topology != now.topology {
            differences.append("the inventory has other members, URLs or token than the plan")
        }
        if !isSameFile(given.snapshot?.proof, now.snapshot?.proof) {
            let path = now.snapshot?.path ?? "nothing"
            differences.append("\(path) is not the snapshot that the plan is for")
        }
        if given.fenced != now.fenced {
            differences.append("other members are fenced than in the plan")
        }
        if given.revisionBump != now.revisionBump {
            differences.append("the revision would be raised by another amount than in the plan")
        }
        if given.safetySnapshot != now.safetySnapshot {
            differences.append("another member than in the plan would be saved before the stop")
        }
        if given.steps.map(\.name) != now.steps.map(\.name) {
            differences.append("the playbook has other steps, or another order, than the plan")
        }
        for (old, new) in zip(given.targets, now.targets) where old != new {
            differences.append(contentsOf: changes(old, new))
        }
        let stepsDiffer = given.steps != now.steps
        if stepsDiffer && differences.isEmpty {
            let step = zip(given.steps, now.steps).first { $0 != $1 }?.0.name ?? "the steps"
            differences.append("\(step) would be done in another way now")
        }
        return differences
    }

    private static func isSameFile(_ one: SnapshotProof?, _ other: SnapshotProof?) -> Bool {
        guard let one, let other else { return one == other }
        return one.isOfSameFile(as: other)
    }

    private static func wayIn(_ target: MemberTarget) -> String {
        let endpoint = target.endpoint
        let root = endpoint.become == .none ? "" : " with \(endpoint.become)"
        let way = endpoint.jumpText.map { " through \($0)" } ?? ""
        return "\(endpoint.user)@\(endpoint.host):\(endpoint.port)\(way)\(root)"
    }

    private static func presence(_ isThere: Bool) -> String { isThere ? "there" : "missing" }

    private static func tls(_ target: MemberTarget) -> String {
        let files = [target.clientTLS?.cacert, target.clientTLS?.cert, target.clientTLS?.key]
        return files.contains { $0 != nil }
            ? files.map { $0 ?? "-" }.joined(separator: " ") : "none"
    }

    private static func identity(_ target: MemberTarget) -> String {
        target.oldIdentity.map { "member \($0.memberID) of cluster \($0.clusterID)" } ?? "unknown"
    }

    private static func changes(_ old: MemberTarget, _ new: MemberTarget) -> [String] {
        var changes: [String] = []
        func compare(_ what: String, _ before: String, _ after: String) {
            if before != after { changes.append("\(old.name): \(what) was \(before), is \(after)") }
        }
        compare("the way in", wayIn(old), wayIn(new))
        compare("the data directory", old.paths.dataDir, new.paths.dataDir)
        compare("the WAL directory", old.paths.walDir ?? "none", new.paths.walDir ?? "none")
        compare("the owner", "\(old.user):\(old.group)", "\(new.user):\(new.group)")
        compare("the service", old.service.title, new.service.title)
        compare("the restore tool", old.tools.restore, new.tools.restore)
        compare("etcdctl", old.tools.etcdctl, new.tools.etcdctl)
        compare("the digest tool", old.tools.digest.rawValue, new.tools.digest.rawValue)
        compare("zstd", presence(old.tools.zstd), presence(new.tools.zstd))
        compare("gzip", presence(old.tools.gzip == true), presence(new.tools.gzip == true))
        compare(
            "the snapshot",
            old.snapshotFile ?? "sent there",
            new.snapshotFile ?? "sent there"
        )
        compare("client TLS", tls(old), tls(new))
        compare("the user of etcd", old.login?.user ?? "none", new.login?.user ?? "none")
        compare(
            "the file with its password",
            old.login?.passwordFile ?? "none",
            new.login?.passwordFile ?? "none"
        )
        compare("the old data", identity(old), identity(new))
        compare("old data", presence(old.hasOldData), presence(new.hasOldData))
        compare(
            "etcd",
            old.wasActive ? "running" : "stopped",
            new.wasActive ? "running" : "stopped"
        )
        return changes.isEmpty ? ["\(old.name): its settings are others than in the plan"] : changes
    }
}

extension Plan {
    /// The playbook that the steps came from, with their limits; nil for steps that are not ours.
    package var playbookLines: Playbook? {
        let framing = [
            Framing.takeLocksName, Framing.safetyName, Framing.dependentsName, Framing.finishName,
        ]
        let own = steps.filter { !framing.contains($0.name) }
        let lines = own.compactMap { step -> Playbook.Line? in
            if let hook = step.stages.first?.hook?.hook {
                return Playbook.Line(step: RunHook(hook: hook), limits: step.limits)
            }
            return StepCatalog.step(named: step.name).map {
                Playbook.Line(step: $0, limits: step.limits)
            }
        }
        guard lines.count == own.count else { return nil }
        return Playbook(
            name: playbook,
            summary: "",
            lines: lines,
            savesSafetySnapshot: steps.contains { $0.name == Framing.safetyName },
            relay: relay?.settings,
            checks: steps.flatMap(\.stages).compactMap(\.dataChecks).first?.checks ?? []
        )
    }
}
