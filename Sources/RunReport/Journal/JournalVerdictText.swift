import RestorePlanning

/// A verdict on a journal, for a person who has to go on from it.
package enum JournalVerdictText {
    package static func render(_ verdict: JournalVerdict, style: Style) -> String {
        var page = Page(style)
        page.wrapped(
            StyledLine("run \(verdict.run): ", .bold)
                + (verdict.isWhole
                    ? StyledLine("its journal is whole", .good)
                    : StyledLine("its files are damaged", .bad))
        )
        page.fields(fields(verdict))
        if !verdict.isWhole { rescue(verdict, &page) }
        return page.text
    }

    private static func fields(_ verdict: JournalVerdict) -> [(String, StyledLine)] {
        var fields: [(String, StyledLine)] = [
            ("journal", StyledLine(verdict.path)), ("records", records(verdict)),
        ]
        if !verdict.plans.isEmpty {
            let names = verdict.plans.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
            fields.append(
                (
                    "plans",
                    StyledLine("\(names.joined(separator: ", ")): as the journal recorded them")
                )
            )
        }
        if let at = verdict.firstAt { fields.append(("first", StyledLine(at))) }
        if let at = verdict.lastAt { fields.append(("last", StyledLine(at))) }
        if let hash = verdict.lastHash { fields.append(("last hash", StyledLine(hash))) }
        if let phase = verdict.phase {
            fields.append((verdict.isWhole ? "state" : "state then", StyledLine(phase)))
        }
        if verdict.tornBytes > 0 {
            let text =
                "\(counted(verdict.tornBytes, "byte follows", "bytes follow")) of a line that "
                + "broke off; it was never acknowledged, so nothing was done because of it"
            fields.append(("torn line", StyledLine(text, .warn)))
        }
        return fields
    }

    private static func records(_ verdict: JournalVerdict) -> StyledLine {
        guard verdict.isWhole else {
            return StyledLine(
                verdict.records == 0
                    ? "none can be trusted" : "\(verdict.records) can be trusted, from the first",
                .warn
            )
        }
        return StyledLine("\(verdict.records), and every hash fits the line before it")
    }

    // MARK: by hand

    private static func rescue(_ verdict: JournalVerdict, _ page: inout Page) {
        page.heading("What can still be done by hand")
        page.wrapped(
            StyledLine(
                "No command of rekindle goes on from such a run. A restore deletes no old data: it "
                    + "is where the run renamed it to, unless `rekindle clean` was begun. Copy "
                    + "\(MemberPaths.parent(of: verdict.path)) to a safe place first, and see that "
                    + "no rekindle is at work on the run."
            ),
            indent: 2
        )
        page.blank()
        guard let plan = verdict.plan else { return withoutPlan(verdict.run, &page) }
        page.wrapped(
            StyledLine(
                "Look first whether the old data stands where it was set aside. If so, and if it "
                    + "is the old cluster that you want, run these as root: each line on every host "
                    + "before the next line on any. They rename the restored data aside, put the "
                    + "old data back, and take the lock and the hold away; given twice, they do no "
                    + "harm."
            ),
            indent: 2
        )
        for target in plan.targets {
            let rescue = HandRescue(target: target)
            page.blank()
            page.line(
                StyledLine(target.name, .bold) + StyledLine(" (\(PlanMarkdown.host(target)))"),
                indent: 2
            )
            page.fields(rescue.places.map { ($0.what, StyledLine($0.path)) }, indent: 4)
            for command in rescue.commands { page.line(StyledLine(command), indent: 4) }
        }
        page.blank()
        page.wrapped(
            StyledLine(
                "What is in DATA-DIR/.rekindle/\(verdict.run) afterwards is the restored data and "
                    + "the snapshot's copy, with every secret of the cluster: delete it once the "
                    + "old cluster is well. `plan --format markdown` of the same inventory and "
                    + "snapshot tells the steps of a restore by hand."
            ),
            indent: 2
        )
    }

    private static func withoutPlan(_ run: String, _ page: inout Page) {
        page.wrapped(
            StyledLine(
                "The plan beside the journal cannot be read either. On each host look at:"
            ),
            indent: 2
        )
        page.fields(
            [
                ("old data", StyledLine("DATA-DIR/.rekindle/\(run)/aside/member")),
                ("old WAL", StyledLine("WAL-DIR/../.rekindle-\(run)/aside, where it has its own")),
                ("lock", StyledLine("DATA-DIR/.rekindle/lock")),
                ("hold", StyledLine("/etc/systemd/system/UNIT.d/rekindle-hold.conf")),
            ],
            indent: 4
        )
    }
}
