import EtcdModel
import RestorePlanning
import RestoreRun

/// What became of a run, for the person who has to say so.
package enum RunReportText {
    package static func render(_ summary: RunSummary, style: Style) -> String {
        var page = Page(style)
        RunParts(summary: summary).addHeadline(to: &page)
        page.blank()
        RunParts(summary: summary).addFacts(to: &page)
        members(summary, &page)
        steps(summary, &page)
        proofs(summary, &page)
        stumbles(summary, &page)
        RunParts(summary: summary).addFailures(to: &page)
        RunParts(summary: summary).addSetAside(to: &page)
        RunParts(summary: summary).addNext(to: &page)
        return page.text
    }

    private static func members(_ summary: RunSummary, _ page: inout Page) {
        page.heading("MEMBERS")
        page.table(
            Table(
                [
                    Table.Column("member"), Table.Column("host"), Table.Column("member ID"),
                    Table.Column("state"), Table.Column("revision", .right),
                    Table.Column("HashKV", .right),
                ],
                rows: summary.members.map { member in
                    let ink: Ink =
                        switch member.state {
                        case "proven": .good
                        case "fenced": .warn
                        case "failed", "not proven": .bad
                        default: .plain
                        }
                    return [
                        StyledLine(member.name, .bold), StyledLine(member.host),
                        StyledLine(member.memberID?.description ?? ""),
                        StyledLine(member.state, ink),
                        StyledLine(member.revision.map { String($0) } ?? ""),
                        StyledLine(member.hashKV.map { String($0) } ?? ""),
                    ]
                }
            )
        )
    }

    private static func steps(_ summary: RunSummary, _ page: inout Page) {
        guard !summary.begunSteps.isEmpty else { return }
        page.heading("STEPS", "(times are UTC)")
        page.table(
            Table(
                [
                    Table.Column("", .right), Table.Column("step"), Table.Column("began"),
                    Table.Column("took", .right), Table.Column("tries", .right),
                ],
                rows: summary.begunSteps.map { step in
                    [
                        StyledLine("\(step.number)"), StyledLine(step.name),
                        StyledLine(TimeText.clock(step.beganAt)),
                        StyledLine(TimeText.length(step.seconds)),
                        StyledLine("\(step.attempts)", step.attempts > 1 ? .warn : .plain),
                    ]
                }
            )
        )
    }

    private static func proofs(_ summary: RunSummary, _ page: inout Page) {
        guard !summary.state.proofs.isEmpty else { return }
        page.heading("PROOF", "(expected: \(origin(summary.plan.kind)))")
        let named = MemberGroups.of(summary.state.proofs.map { ("", $0.name) })
        let rows = named.flatMap { name in
            let same = summary.state.proofs.filter { $0.name == name.value }
            let groups = MemberGroups.of(
                same.map { proof in
                    var shared = proof
                    shared.member = nil
                    return (proof.member ?? "the cluster", shared)
                }
            )
            return groups.map { group in
                [
                    StyledLine(group.value.holds ? .good : .bad), StyledLine(group.value.name),
                    StyledLine(MemberGroups.list(group.names, of: summary.plan.targets.count)),
                    StyledLine(short(group.value.expected)),
                    StyledLine(short(group.value.observed), group.value.holds ? .plain : .bad),
                ]
            }
        }
        page.table(
            Table(
                [
                    Table.Column(""), Table.Column("proof"), Table.Column("members"),
                    Table.Column("expected"), Table.Column("observed"),
                ],
                rows: rows
            )
        )
    }

    /// A digest's beginning; the journal and the JSON have the whole.
    private static func short(_ value: String) -> String {
        value.utf8.count == 64 ? "\(value.prefix(16))…" : value
    }

    /// Where the expected values are from.
    private static func origin(_ kind: Plan.Kind) -> String {
        switch kind {
        case .join: "computed from the plan; the data is compared among the members"
        case .restore: "computed from the snapshot file and the plan"
        case .rollback, .clean: "read from the old data before the restore"
        }
    }

    private static func stumbles(_ summary: RunSummary, _ page: inout Page) {
        let mended = summary.state.stumbles.filter(\.willRetry)
        guard !mended.isEmpty else { return }
        page.heading("TRIED AGAIN")
        for stumble in mended {
            page.wrapped(
                StyledLine("\(stumble.effect.member), ", .bold)
                    + StyledLine("\(stumble.effect.kind.rawValue), try \(stumble.attempt): ")
                    + StyledLine(stumble.failure.message),
                indent: 2,
                hanging: 2
            )
            if let evidence = stumble.failure.evidence { page.evidence(evidence, indent: 6) }
        }
    }
}
