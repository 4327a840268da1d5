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

/// A run that cannot be read.
package struct DamagedRun: Sendable, Hashable {
    /// The name of its directory.
    package var id: String
    package var problem: String

    package init(id: String, problem: String) {
        self.id = id
        self.problem = problem
    }
}

/// The history of a state directory.
package enum RunsTable {
    package static func render(
        _ listings: [RunListing],
        damaged: [DamagedRun] = [],
        style: Style
    ) -> String {
        var page = Page(style)
        guard !listings.isEmpty || !damaged.isEmpty else {
            page.line("There are no runs.")
            return page.text
        }
        // an ID sorts by time, whatever else of the run can be read
        let rows =
            listings.map { (id: $0.run.rawValue, row: row($0)) }
            + damaged.map { (id: $0.id, row: row($0)) }
        page.table(
            Table(
                [
                    Table.Column("run"), Table.Column("cluster"), Table.Column("playbook"),
                    Table.Column("began (UTC)"), Table.Column("took", .right),
                    Table.Column("state"),
                ],
                rows: rows.sorted { $0.id < $1.id }.map(\.row)
            ),
            indent: 0
        )
        return page.text
    }

    private static func row(_ listing: RunListing) -> [StyledLine] {
        [
            StyledLine(listing.run.rawValue, .bold),
            StyledLine(listing.state.plan?.cluster ?? "?"),
            StyledLine(listing.state.plan?.playbook ?? "?"),
            StyledLine(listing.state.beganAt.map(TimeText.dateAndClock) ?? "never"),
            StyledLine(listing.seconds.map(TimeText.length) ?? ""),
            state(listing.state),
        ]
    }

    private static func row(_ run: DamagedRun) -> [StyledLine] {
        [StyledLine(run.id, .bold), "?", "?", "?", "", StyledLine("damaged", .bad)]
    }

    private static func state(_ state: RunState) -> StyledLine {
        // only what did not pass is removed by a plan of its own
        if state.phase == .completed(.clean), state.kinds.contains(.drill) {
            return StyledLine("drill did not pass, removed", .bad)
        }
        let phase = state.phase
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
    /// `seconds`, `problem`; what is not known is null, and `problem` is where a run is damaged.
    package static func json(
        _ listings: [RunListing],
        damaged: [DamagedRun] = []
    ) throws -> String {
        let runs =
            listings.map { (id: $0.run.rawValue, value: document($0)) }
            + damaged.map { (id: $0.id, value: document($0)) }
        let sorted = runs.sorted { $0.id < $1.id }.map(\.value)
        return try JSONText.encode(["runs": .array(sorted)] as JSONValue)
    }

    private static func document(_ listing: RunListing) -> JSONValue {
        [
            "run": .string(listing.run.rawValue),
            "cluster": .optional(listing.state.plan?.cluster),
            "playbook": .optional(listing.state.plan?.playbook),
            "kind": .optional(listing.state.plan?.kind.rawValue),
            "phase": .optional(listing.state.phase?.word),
            "startedAt": .time(listing.state.beganAt),
            "endedAt": .time(listing.seconds == nil ? nil : listing.state.endedAt),
            "seconds": .seconds(listing.seconds),
            "problem": .null,
        ]
    }

    private static func document(_ run: DamagedRun) -> JSONValue {
        [
            "run": .string(run.id), "cluster": .null, "playbook": .null, "kind": .null,
            "phase": "damaged", "startedAt": .null, "endedAt": .null, "seconds": .null,
            "problem": .string(run.problem),
        ]
    }
}
