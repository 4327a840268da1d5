package import RestorePlanning

/// The checks for a person: what holds first, what forbids a restore last, beside the summary.
package enum ChecksText {
    /// `members` are the names of all members, in the order of the inventory.
    ///
    /// A check of any other host is of one that a group has. `hidesHolding` leaves what holds to the
    /// summary; `showsSources` tells where each value stands.
    package static func render(
        _ checks: [Check],
        cluster: String,
        members: [String],
        hidesHolding: Bool = false,
        showsSources: Bool = false,
        style: Style
    ) -> String {
        let checks = showsSources ? checks.map(withSource) : checks
        var page = Page(style)
        page.line(
            StyledLine("Checks of cluster ", .bold) + StyledLine(cluster, .bold)
                + StyledLine(", \(hosts(checks, members))")
        )
        let shown = checks.filter { $0.verdict != .holds || !hidesHolding }
        let nameWidth = shown.map { VisibleText.width(VisibleText.escaped($0.name)) }.max() ?? 0
        let lists = Set(shown.compactMap(\.member)).isEmpty ? [] : members
        let memberWidth = max(
            (lists + shown.compactMap(\.member))
                .map { VisibleText.width(VisibleText.escaped(label($0, members))) }.max() ?? 0,
            everyone(members).count
        )
        for verdict in [Check.Verdict.holds, .warns, .fails]
        where verdict != .holds || !hidesHolding {
            let rows = rows(checks.filter { $0.verdict == verdict })
            if !rows.isEmpty { page.blank() }
            var previous: String?
            for row in rows {
                add(row, members, (nameWidth, memberWidth), previous == row.name, &page)
                previous = row.name
            }
        }
        page.blank()
        page.wrapped(summary(checks, hosts(checks, members)))
        return page.text
    }

    private static func withSource(_ check: Check) -> Check {
        var told = check
        told.saw += check.source.map { " (by \($0))" } ?? ""
        return told
    }

    /// `3 members`, and how many hosts of groups there are besides.
    private static func hosts(_ checks: [Check], _ members: [String]) -> String {
        let others = Set(checks.compactMap(\.member)).subtracting(members).count
        return counted(members.count, "member", "members")
            + (others == 0 ? "" : " and \(counted(others, "host of a group", "hosts of groups"))")
    }

    /// A host that is no member's must not look like a member.
    private static func label(_ host: String, _ members: [String]) -> String {
        members.contains(host) ? host : "\(host) (group)"
    }

    private struct Row {
        var name: String
        var check: Check
        var members: [String]
    }

    /// Checks of one name together, and members that saw the same in one row.
    private static func rows(_ checks: [Check]) -> [Row] {
        MemberGroups.of(checks.map { ("", $0.name) }).flatMap { named in
            let same = checks.filter { $0.name == named.value }
            let groups = MemberGroups.of(
                same.map { check in
                    var shared = check
                    shared.member = nil
                    return (check.member ?? "", shared)
                }
            )
            return groups.map { group in
                Row(
                    name: named.value,
                    check: group.value,
                    members: group.names.filter { !$0.isEmpty }
                )
            }
        }
    }

    private static func add(
        _ row: Row,
        _ members: [String],
        _ widths: (name: Int, member: Int),
        _ continues: Bool,
        _ page: inout Page
    ) {
        let glyph = glyph(row.check.verdict)
        let sign =
            glyph.text(page.style).count < 2 ? StyledLine(glyph) + " " : StyledLine(glyph)
        let name = VisibleText.escaped(continues ? "" : row.name)
        // more names than fit get a row each: a person looks for one host's name
        let shown =
            row.members.isEmpty
            ? [""]
            : Set(row.members) == Set(members)
                ? [everyone(members)] : row.members.map { self.label($0, members) }
        for (index, member) in shown.enumerated() {
            let label = index == 0 ? name : ""
            let left =
                sign + " " + StyledLine(padded(label, widths.name)) + "  "
                + StyledLine(padded(VisibleText.escaped(member), widths.member), .bold) + "  "
            page.beside(left, StyledLine(row.check.saw), indent: 2)
        }
        if let hint = row.check.hint {
            let column = 2 + 3 + widths.name + 2 + widths.member + 2
            page.hint(hint, indent: min(column, 48))
        }
    }

    private static func everyone(_ members: [String]) -> String {
        members.count == 1 ? members.joined() : "all \(members.count)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - VisibleText.width(text), 0))
    }

    static func glyph(_ verdict: Check.Verdict) -> Glyph {
        switch verdict {
        case .holds: .good
        case .warns: .warn
        case .fails: .bad
        }
    }

    /// The last line: `3 members: 41 checks hold, 2 warn, 1 fails` and what that means.
    private static func summary(_ checks: [Check], _ hosts: String) -> StyledLine {
        func count(_ verdict: Check.Verdict) -> Int {
            checks.count { $0.verdict == verdict }
        }
        let fails = count(.fails)
        let line =
            StyledLine("\(hosts): ", .bold)
            + StyledLine(counted(count(.holds), "check holds", "checks hold") + ", ")
            + StyledLine(
                counted(count(.warns), "warns", "warn"),
                count(.warns) > 0 ? .warn : .plain
            )
            + StyledLine(", ")
            + StyledLine(counted(fails, "fails", "fail"), fails > 0 ? .bad : .plain)
            + StyledLine(". ")
        return line
            + (fails > 0
                ? StyledLine("A restore would be refused.", .bad)
                : StyledLine("Nothing forbids a restore.", .good))
    }
}
