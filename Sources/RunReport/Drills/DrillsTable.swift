import RestorePlanning
import RestoreRun

/// `runs --drills`, as text and as JSON.
package enum DrillsTable {
    package static func render(_ listings: [DrillListing], style: Style) -> String {
        var page = Page(style)
        guard !listings.isEmpty else {
            page.line("There are no drills.")
            return page.text
        }
        let sorted = listings.sorted { $0.figures.run.rawValue < $1.figures.run.rawValue }
        let clusters = sorted.map { listing in
            StyledLine(listing.figures.cluster + (listing.isLocal ? " (on the coordinator)" : ""))
        }
        var table = table(sorted.map(\.figures))
        table.columns.insert(Table.Column("cluster"), at: 1)
        for index in table.rows.indices { table.rows[index].insert(clusters[index], at: 1) }
        page.table(table, indent: 0)
        return page.text
    }

    static func table(_ drills: [DrillFigures]) -> Table {
        Table(
            [
                Table.Column("run"), Table.Column("began (UTC)"), Table.Column("outcome"),
                Table.Column("time to proof", .right), Table.Column("RTO", .right),
                Table.Column("snapshot’s age", .right), Table.Column("RPO", .right),
                Table.Column("size", .right), Table.Column("a real restore", .right),
            ],
            rows: drills.map(row)
        )
    }

    private static func row(_ drill: DrillFigures) -> [StyledLine] {
        [
            StyledLine(drill.run.rawValue, .bold),
            StyledLine(drill.beganAt > 0 ? TimeText.dateAndClock(drill.beganAt) : "never"),
            StyledLine(drill.outcome.words, drill.outcome.glyph.ink),
            length(drill.secondsToProof, drill.meetsRTO),
            length(drill.rtoObjective, nil),
            length(drill.snapshotAge, drill.meetsRPO),
            length(drill.rpoObjective, nil),
            StyledLine(ByteText.describe(drill.snapshotBytes)),
            StyledLine(drill.downtimeEstimate.map { "about \(TimeText.length($0))" } ?? ""),
        ]
    }

    private static func length(_ seconds: Double?, _ isMet: Bool?) -> StyledLine {
        StyledLine(seconds.map(TimeText.length) ?? "", isMet == false ? .bad : .plain)
    }

    /// `drills`: each with `run`, `cluster`, `local`, `outcome`, `startedAt`, `endedAt`, `snapshot`,
    /// `drill` as in its report, and `failures`; what is not known is null.
    package static func json(_ listings: [DrillListing]) throws -> String {
        let sorted = listings.sorted { $0.figures.run.rawValue < $1.figures.run.rawValue }
        return try JSONText.encode(["drills": .array(sorted.map(document))] as JSONValue)
    }

    private static func document(_ listing: DrillListing) -> JSONValue {
        let drill = listing.figures
        return [
            "run": .string(drill.run.rawValue),
            "cluster": .string(drill.cluster),
            "local": .bool(listing.isLocal),
            "outcome": .string(drill.outcome.rawValue),
            "startedAt": .time(drill.beganAt),
            "endedAt": .time(drill.endedAt),
            "snapshot": [
                "bytes": .unsigned(drill.snapshotBytes), "revision": .int(drill.snapshotRevision),
                "keys": .int(Int64(drill.snapshotKeys)),
            ],
            "drill": DrillFacts(figures: drill).document,
            "failures": .array(drill.failures.map(JSONValue.string)),
        ]
    }
}
