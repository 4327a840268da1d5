package import RestorePlanning
package import RestoreRun

/// One line of `runs`.
package struct RunListing: Sendable {
    package var run: RunID
    package var state: RunState

    package init(run: RunID, state: RunState) {
        self.run = run
        self.state = state
    }

    var seconds: Double? {
        guard let began = state.beganAt, let ended = state.endedAt else { return nil }
        switch state.phase {
        case .halted, .completed, .refused: return ended - began
        case .planned, .underWay, nil: return nil
        }
    }
}

/// The history of a state directory.
package enum RunsTable {
    package static func render(_ listings: [RunListing], style: Style) -> String {
        var page = Page(style)
        guard !listings.isEmpty else {
            page.line("There are no runs.")
            return page.text
        }
        page.table(
            Table(
                [
                    Table.Column("run"), Table.Column("cluster"), Table.Column("playbook"),
                    Table.Column("began (UTC)"), Table.Column("took", .right),
                    Table.Column("state"),
                ],
                rows: listings.map { listing in
                    [
                        StyledLine(listing.run.rawValue, .bold),
                        StyledLine(listing.state.plan?.cluster ?? "?"),
                        StyledLine(listing.state.plan?.playbook ?? "?"),
                        StyledLine(listing.state.beganAt.map(TimeText.dateAndClock) ?? "never"),
                        StyledLine(listing.seconds.map(TimeText.length) ?? ""),
                        state(listing.state.phase),
                    ]
                }
            ),
            indent: 0
        )
        return page.text
    }

    private static func state(_ phase: RunPhase?) -> StyledLine {
        let ink: Ink =
            switch phase {
            case .completed: .good
            case .halted(_, .failed): .bad
            case .halted(_, .interrupted), .underWay: .warn
            case .planned, .refused, nil: .plain
            }
        return StyledLine(phase?.word ?? "empty journal", ink)
    }

    /// `runs`: each with `run`, `cluster`, `playbook`, `kind`, `phase`, `startedAt`, `endedAt`,
    /// `seconds`; what is not known is null.
    package static func json(_ listings: [RunListing]) throws -> String {
        let runs = listings.map { listing -> JSONValue in
            [
                "run": .string(listing.run.rawValue),
                "cluster": .optional(listing.state.plan?.cluster),
                "playbook": .optional(listing.state.plan?.playbook),
                "kind": .optional(listing.state.plan?.kind.rawValue),
                "phase": .optional(listing.state.phase?.word),
                "startedAt": .time(listing.state.beganAt),
                "endedAt": .time(listing.seconds == nil ? nil : listing.state.endedAt),
                "seconds": .seconds(listing.seconds),
            ]
        }
        return try JSONText.encode(["runs": .array(runs)] as JSONValue)
    }
}
