package import RestorePlanning

/// A plan for a person who decides about it: what `plan` prints, and `restore` before it asks.
package enum PlanText {
    /// The whole text; `verbose` prints every command of every member as well.
    package static func render(_ plan: Plan, style: Style, verbose: Bool = false) -> String {
        var page = Page(style)
        page.line(StyledLine(title(plan), .bold))
        if !plan.outlook.askedHosts { assumptions(plan, &page) }
        page.blank()
        PlanHeader(plan: plan).add(to: &page)
        PlanConsequences(plan: plan).add(to: &page)
        warnings(plan, &page)
        PlanSteps(plan: plan, verbose: verbose).add(to: &page)
        PlanConsequences(plan: plan).addWaysOut(to: &page)
        page.blank()
        page.wrapped(summary(plan))
        return page.text
    }

    private static func title(_ plan: Plan) -> String {
        switch plan.kind {
        case .restore: "Restore of cluster \(plan.cluster) from a snapshot"
        case .join:
            "Fenced members of cluster \(plan.cluster), restored to join the others"
        case .unjoin:
            "The join of fenced members to cluster \(plan.cluster), undone; the others serve on"
        case .member: plan.memberTitle
        case .rollback where plan.isOfMember:
            "The old member of cluster \(plan.cluster), as it was"
        case .rollback: "Rollback of cluster \(plan.cluster) to the data it had before the restore"
        case .clean where plan.isOfDrill:
            "Removal of what is left of a drill beside cluster \(plan.cluster)"
        case .clean: "Deletion of what a run set aside on the hosts of cluster \(plan.cluster)"
        case .drill where plan.isLocal:
            "Drill on this machine: a restore of \(plan.cluster)'s snapshot"
        case .drill: "Drill beside cluster \(plan.cluster): a restore that production does not feel"
        }
    }

    private static func assumptions(_ plan: Plan, _ page: inout Page) {
        page.blank()
        page.beside(
            StyledLine(.warn) + StyledLine(" "),
            StyledLine("No host was asked. ", .warn)
                + StyledLine(
                    "Directories, users, units and tools below are those of the inventory, or "
                        + "etcd's defaults. Whether the hosts can be reached, have the room, and "
                        + "agree with it is not known; nor what etcd does there now, and which "
                        + "member leads. `rekindle check` asks them."
                ),
            indent: 0
        )
    }

    private static func warnings(_ plan: Plan, _ page: inout Page) {
        guard [.restore, .drill, .member].contains(plan.kind), !plan.outlook.warnings.isEmpty else {
            return
        }
        page.heading("WARNINGS")
        for warning in plan.outlook.warnings {
            page.beside(StyledLine(.warn) + StyledLine(" "), StyledLine(warning), indent: 2)
        }
    }

    private static func summary(_ plan: Plan) -> StyledLine {
        let stages = plan.steps.flatMap(\.stages)
        let members = stages.flatMap {
            $0.effects.map(\.member) + ($0.hook?.hosts.map(\.name) ?? [])
        }
        let hosts = Set(members).count
        return StyledLine(
            "\(counted(members.count, "effect", "effects")) on \(counted(hosts, "host", "hosts"))"
                + " in \(counted(plan.steps.count, "step", "steps")).",
            .bold
        ) + StyledLine(" No host has been changed.")
    }
}
