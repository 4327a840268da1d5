import EtcdModel
import RestorePlanning

/// What the plan costs, what it keeps, and the ways out of it.
struct PlanConsequences {
    let plan: Plan

    private var run: String { plan.run.rawValue }

    func add(to page: inout Page) {
        switch plan.kind {
        case .restore:
            page.heading("WHAT WILL BE GONE")
            page.beside(
                loss.glyph.map { StyledLine($0) + StyledLine(" ") } ?? StyledLine(""),
                StyledLine(loss.text),
                indent: 2
            )
            page.heading(
                "WHAT IS SET ASIDE",
                "(renamed, never deleted; it stays until `rekindle clean`)"
            )
            setAside(&page)
        case .join:
            page.heading("WHAT WILL BE GONE")
            page.beside(
                StyledLine(""),
                StyledLine("Nothing of the cluster: the others serve on, and bring it up to date."),
                indent: 2
            )
            page.heading(
                "WHAT IS SET ASIDE",
                "(renamed, never deleted; it stays until `rekindle clean`)"
            )
            setAside(&page)
        case .unjoin:
            page.heading("WHAT WILL BE GONE")
            page.wrapped(
                "Nothing of the cluster: the others serve on. The members that were to join are as they "
                    + "were before, and stay off. One that was started in the restored cluster comes "
                    + "again as a new member only: `rekindle member replace`.",
                indent: 2
            )
        case .member:
            page.heading("WHAT THE CLUSTER FEELS")
            page.wrapped(plan.memberCost, indent: 2)
            page.wrapped(plan.memberReason, indent: 2)
            page.heading(
                "WHAT IS SET ASIDE",
                "(renamed, never deleted; it stays until `rekindle clean`)"
            )
            setAside(&page)
        case .rollback where plan.isOfMember:
            page.heading("WHAT IS PUT BACK")
            page.wrapped(
                "The data of \(plan.changed?.name ?? "the member"), where it was set aside; it is a "
                    + "member still.",
                indent: 2
            )
        case .rollback where !putsBack:
            page.heading("WHAT WILL BE GONE")
            page.wrapped(
                "Nothing: the restore had not begun to stop any member. What it had prepared "
                    + "beside the old data is removed.",
                indent: 2
            )
        case .rollback:
            page.heading("WHAT WILL BE GONE")
            page.beside(
                StyledLine(.warn) + StyledLine(" "),
                StyledLine(
                    "What was written since the restore will not be in the cluster; the restored "
                        + "data is renamed aside with it."
                ),
                indent: 2
            )
            page.heading("WHAT IS PUT BACK")
            let returning = plan.targets.filter(\.hasOldData)
            SetAside.add(
                returning.map { ($0.name, SetAside.returned($0.paths)) },
                to: &page
            )
            let empty = plan.targets.filter { !$0.hasOldData }.map(\.name)
            if !empty.isEmpty {
                page.wrapped(
                    StyledLine("\(empty.joined(separator: ", ")): ", .bold)
                        + StyledLine("nothing, as there was no old data; etcd stays stopped there"),
                    indent: 2,
                    hanging: 2
                )
            }
            page.heading("WHERE THE RESTORED DATA GOES", "(it stays until `rekindle clean`)")
            SetAside.add(
                plan.targets.map { ($0.name, SetAside.discarded($0.paths)) },
                to: &page
            )
        case .drill:
            page.heading("WHAT PRODUCTION FEELS")
            page.wrapped(production, indent: 2)
            page.heading("WHAT IS LEFT AFTERWARDS")
            page.wrapped(
                "Nothing on any host. The scratch cluster, its data and the snapshot's copies are "
                    + "deleted, also where the drill fails; the run's journal and its report stay "
                    + "on this machine.",
                indent: 2
            )
        case .clean where plan.isOfDrill:
            page.heading("WHAT IS DELETED")
            page.wrapped("What the drill made; nothing of production.", indent: 2)
        case .clean:
            page.heading("WHAT IS DELETED FOR GOOD")
            deleted(&page)
        }
    }

    private var production: StyledLine {
        if plan.isLocal {
            return StyledLine(
                "Nothing: no host is asked. All members run on this machine, and have sockets of their "
                    + "own in a directory that only you can read; no port is opened."
            )
        }
        let ports = Set(plan.targets.flatMap(\.member.peerURLs).compactMap(PeerPort.of)).sorted()
            .map(String.init).joined(separator: ", ")
        return StyledLine(
            "No unit, no data directory, no port of production is touched, and that is proven in the "
                + "end. The scratch members run as units of their own, with the lowest priority for "
                + "processor and disk, and bounds for both and for memory. Clients have no way to "
                + "them but a socket that only root and etcd's user can reach; the members talk to "
                + "one another on port \(ports), with production's peer certificates where it has "
                + "some, and a token that no other cluster has. They end by themselves should this "
                + "machine die."
        )
    }

    private var putsBack: Bool {
        plan.steps.flatMap(\.stages).flatMap(\.effects).contains { $0.kind == .putBackData }
    }

    private var loss: (glyph: Glyph?, text: String) {
        let snapshot = plan.snapshot?.proof.revision ?? 0
        guard plan.outlook.askedHosts else {
            return (.warn, "Everything written after revision \(snapshot): how much is not known.")
        }
        guard let live = plan.outlook.liveRevision else {
            return (
                .warn,
                "Everything written after revision \(snapshot). How much that is cannot be told: "
                    + "no member of the old cluster answers."
            )
        }
        guard live > snapshot else {
            return (
                nil,
                "Nothing that is known: the running cluster is at revision \(live), the snapshot "
                    + "at \(snapshot)."
            )
        }
        return (
            .warn,
            "\(counted(Int(clamping: live.subtracting(saturating: snapshot)), "revision", "revisions")): the running "
                + "cluster is at revision \(live), the snapshot at \(snapshot). What is written "
                + "from now until etcd stops is gone as well."
        )
    }

    private func setAside(_ page: inout Page) {
        let isKnown = plan.outlook.askedHosts
        let moving = Set(
            plan.steps.flatMap(\.stages).flatMap(\.effects).filter { $0.kind.movesData }
                .map(\.member)
        )
        let concerned = plan.targets.filter { moving.contains($0.name) }
        let keeping = concerned.filter { $0.hasOldData || !isKnown }
        SetAside.add(keeping.map { ($0.name, SetAside.places($0.paths)) }, to: &page)
        let empty = concerned.filter { !$0.hasOldData && isKnown }.map(\.name)
        if !empty.isEmpty {
            page.wrapped(
                StyledLine("\(empty.joined(separator: ", ")): ", .bold)
                    + StyledLine("no old data there"),
                indent: 2,
                hanging: 2
            )
        }
        if !isKnown {
            page.wrapped(StyledLine("Where there is no old data, nothing is."), indent: 2)
        }
    }

    private func deleted(_ page: inout Page) {
        page.beside(
            StyledLine(.warn) + StyledLine(" "),
            StyledLine("After this, `rekindle rollback` is not possible any more.", .warn),
            indent: 2
        )
        let pairs = plan.targets.map { target in
            (
                target.name,
                [target.paths.runDirectory] + (target.paths.walRunDirectory.map { [$0] } ?? [])
            )
        }
        for group in MemberGroups.of(pairs) {
            page.line(
                StyledLine("\(MemberGroups.list(group.names, of: pairs.count)):", .bold),
                indent: 2
            )
            for path in group.value { page.line(StyledLine(path), indent: 4) }
        }
    }

    func addWaysOut(to page: inout Page) {
        page.heading("IF SOMETHING FAILS")
        switch plan.kind {
        case .restore:
            page.wrapped(
                "The run stops where it is, says why, and keeps all it has. Then either of:",
                indent: 2
            )
            page.fields([
                (
                    "rekindle resume \(run)",
                    "looks at every host and does what is not done yet"
                ),
                ("rekindle rollback \(run)", StyledLine("puts the old data back; \(returning)")),
            ])
        case .join:
            page.wrapped(
                "The cluster serves without the members that join. Then:",
                indent: 2
            )
            page.fields([
                ("rekindle resume \(run)", "looks at every host and does what is not done yet"),
                ("rekindle rollback \(run)", "undoes the join alone; the others serve on"),
            ])
        case .unjoin:
            page.wrapped(
                "The cluster serves without the members that were to join. Then:",
                indent: 2
            )
            page.fields([
                ("rekindle resume \(run)", "looks at every host and does what is not done yet")
            ])
        case .member:
            page.wrapped(
                "The run stops where it is, says why, and keeps all it has. The others serve on. Then:",
                indent: 2
            )
            page.fields([
                (
                    "rekindle resume \(run)",
                    "looks at every host and does what is not done yet"
                ),
                (
                    "rekindle rollback \(run)",
                    "starts the old member again; possible until the cluster let it go"
                ),
            ])
        case .rollback:
            page.wrapped("Nothing is lost: both sets of data stay on the hosts.", indent: 2)
            page.fields([
                ("rekindle rollback \(run)", "looks at every host and goes on where it stopped")
            ])
        case .drill:
            page.wrapped(
                "What the drill made is removed at once, and the report says why it failed. Where "
                    + "that is not possible any more:",
                indent: 2
            )
            page.fields([
                ("rekindle clean \(run)", "looks at every host and removes what is still there")
            ])
        case .clean:
            page.fields([
                ("rekindle clean \(run)", "looks at every host and deletes what is still there")
            ])
        }
    }

    /// What a rollback will start: what ran when the plan was made.
    private var returning: String {
        guard plan.outlook.askedHosts else { return "starts etcd where it ran before" }
        let started = plan.targets.filter { $0.hasOldData && $0.wasActive }.map(\.name)
        let total = plan.targets.count
        if started.isEmpty { return "etcd ran nowhere, and is left stopped" }
        if started.count == total { return "starts etcd everywhere, as it ran before" }
        return "starts etcd on \(started.joined(separator: ", ")), where it ran before"
    }
}
