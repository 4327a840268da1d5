import EtcdModel
import RemoteHost
package import RestorePlanning

/// A plan as a runbook that a person can follow by hand, and tick off.
package enum PlanMarkdown {
    package static func render(_ plan: Plan) -> String {
        var text = head(plan) + members(plan) + RunbookLook(plan: plan).text
        text += RunbookSteps(plan: plan, prefix: "").text
        guard plan.kind == .restore else { return text }
        let rollback = RollbackPlanner.plan(for: plan, leader: nil, createdAt: plan.createdAt)
        text += """
            # Rollback

            Puts the old data back, from wherever the steps above were left. What was written
            since is renamed aside with the restored data; nothing is deleted.


            """
            + (plan.outlook.askedHosts ? "" : whoseStart(rollback))
        return text + RunbookSteps(plan: rollback, prefix: "R").text
    }

    /// Which stages of the rollback are for which hosts, by the numbers that they have in it.
    private static func whoseStart(_ rollback: Plan) -> String {
        guard let step = rollback.steps.firstIndex(where: { $0.name == "start-members" }) else {
            return ""
        }
        return """
            Where etcd ran before is what you noted before you began: R\(step + 1).1 is for those hosts, and
            R\(step + 1).2 for the others.


            """
    }

    private static func head(_ plan: Plan) -> String {
        let run = [
            ("Run", MarkdownText.code(plan.run.rawValue)),
            ("Planned at", MarkdownText.plain(plan.createdAt)),
            ("Playbook", MarkdownText.plain(plan.playbook)),
        ]
        let told = isNew(plan) || plan.kind == .join
        let facts = (run + (told ? plan.snapshot.map { restored($0, plan) } ?? [] : []))
            .map { "| \($0) | \($1) |\n" }.joined()
        let fenced = plan.fenced.map { member in
            "**\(MarkdownText.plain(member.name)) is fenced** "
                + "(\(MarkdownText.plain(member.reason))): it is off, and stays off until it is "
                + "restored from the same snapshot with the same token.\n\n"
        }
        .joined()
        let asked =
            plan.outlook.askedHosts
            ? ""
            : """
            **No host was asked for this runbook.** Directories, users, units and tools are those
            of the inventory, or etcd's defaults: the section "Before you begin" compares them with
            each host. Which member leads is not known either: stop that one last.


            """
        return """
            # \(title(plan))

            | | |
            | --- | --- |
            \(facts)
            \(fenced)\(warnings(plan))\(asked)Work as root on the hosts. Do a stage on every host, tick it, and only then begin the
            next one. Each block stops at its first command that fails: read what it says, mend it,
            and run the block again. \(promise(plan))

            Root works in directories of its own only, in `.rekindle` beside etcd's data: etcd's user may
            rename them, or put a link in their place. These words for a shell see to that; paste them
            once into root's shell on every host, before anything else.

            \(MarkdownText.block([WorkDirectory.functions]))

            """ + password(plan)
    }

    private static func warnings(_ plan: Plan) -> String {
        guard isNew(plan), !plan.outlook.warnings.isEmpty else { return "" }
        let lines = plan.outlook.warnings.map { "- \(MarkdownText.plain($0))\n" }
        return "**Warnings**\n\n\(lines.joined())\n"
    }

    private static func restored(
        _ snapshot: SnapshotReference,
        _ plan: Plan
    ) -> [(String, String)] {
        let proof = snapshot.proof
        return [
            (
                "Snapshot",
                MarkdownText.code(snapshot.path)
                    + (snapshot.layerWords.map { ", \(MarkdownText.plain($0))" } ?? "")
            ),
            ("Size", "\(proof.bytes) bytes (\(ByteText.describe(proof.bytes)))"),
            ("SHA-256", MarkdownText.code(proof.sha256)),
            (
                "Content",
                "revision \(proof.revision), \(counted(proof.keys, "key", "keys")), "
                    + "HashKV \(proof.hashKV)"
            ),
        ] + (snapshot.manifestWords.map { [("Manifest", MarkdownText.plain($0))] } ?? []) + [
            ("New token", MarkdownText.code(plan.topology.token)),
            ("New cluster ID", MarkdownText.code(plan.clusterID.description)),
        ]
    }

    /// Where authentication may be on: asked in the shell in which the blocks are run.
    private static func password(_ plan: Plan) -> String {
        guard let login = plan.targets.lazy.compactMap(\.login).first else { return "" }
        return
            "etcd asks for a user, so give the password once in each shell that you open on a host. "
            + "It is shown nowhere, and kept in no file and no history:\n\n"
            + MarkdownText.block(PasswordByHand(login: login).lines) + "\n"
    }

    private static func promise(_ plan: Plan) -> String {
        switch plan.kind {
        case .restore: "Nothing here deletes old data; the last section puts it back."
        case .join, .unjoin, .member: "Nothing here deletes old data."
        case .rollback: "Nothing here deletes data: the restored data is renamed aside."
        case .clean: "What is deleted here is gone for good."
        case .drill: "Nothing here touches production; the last steps delete what the drill made."
        }
    }

    private static func title(_ plan: Plan) -> String {
        let cluster = MarkdownText.plain(plan.cluster)
        return switch plan.kind {
        case .restore: "Restore of cluster \(cluster) by hand"
        case .member: "One member of cluster \(cluster) anew, by hand"
        case .join: "Fenced members into cluster \(cluster) by hand"
        case .unjoin: "The join of fenced members to cluster \(cluster) undone, by hand"
        case .rollback: "Rollback of cluster \(cluster) by hand"
        case .clean: "Clean-up of cluster \(cluster) by hand"
        case .drill: "Drill beside cluster \(cluster) by hand"
        }
    }

    private static func members(_ plan: Plan) -> String {
        let rows = plan.targets.map { target in
            let cells = [
                MarkdownText.plain(target.name), MarkdownText.plain(host(target)),
                memberID(plan, target),
                MarkdownText.code(target.paths.dataDir),
                target.paths.walDir.map(MarkdownText.code)
                    ?? "in the data directory"
                    + (plan.outlook.askedHosts ? "" : ", unless it has its own"),
            ]
            return "| \(cells.joined(separator: " | ")) |\n"
        }
        return """
            | Member | Host | \(isNew(plan) ? "New" : "Old") member ID | Data directory | WAL |
            | --- | --- | --- | --- | --- |
            \(rows.joined())

            """
    }

    /// Whether the IDs to be told are those of the cluster that is made.
    private static func isNew(_ plan: Plan) -> Bool { plan.kind == .restore || plan.kind == .drill }

    private static func memberID(_ plan: Plan, _ target: MemberTarget) -> String {
        let id = isNew(plan) ? target.memberID : target.oldIdentity?.memberID
        return id.map { MarkdownText.code($0.description) } ?? "not known"
    }

    static func host(_ target: MemberTarget) -> String { target.endpoint.host }
}
