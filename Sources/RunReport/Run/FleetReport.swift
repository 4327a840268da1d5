/// What came of the drill of one cluster among many.
package struct FleetDrill: Sendable, Hashable {
    /// The file's path.
    package var inventory: String
    package var cluster: String?
    package var run: String?
    /// The exit status of its process.
    package var status: Int32 = 0
    /// The same, in words.
    package var words = ""
    package var secondsToProof: Double?
    package var snapshotAge: Double?
    /// Why it did not pass.
    package var reason: String?

    package init(inventory: String) {
        self.inventory = inventory
    }
}

/// The drills of a directory of inventories, in one summary.
package enum FleetReport {
    package static func text(_ drills: [FleetDrill], style: Style) -> String {
        var page = Page(style)
        page.table(
            Table(
                [
                    Table.Column("cluster"), Table.Column("drill"),
                    Table.Column("time to proof", .right), Table.Column("snapshot's age", .right),
                    Table.Column("run"),
                ],
                rows: drills.map { drill in
                    [
                        StyledLine(drill.cluster ?? drill.inventory, .bold),
                        StyledLine(drill.words, ink(drill)),
                        StyledLine(drill.secondsToProof.map(TimeText.length) ?? ""),
                        StyledLine(drill.snapshotAge.map(TimeText.length) ?? ""),
                        StyledLine(drill.run ?? ""),
                    ]
                }
            ),
            indent: 0
        )
        for drill in drills {
            guard let reason = drill.reason else { continue }
            page.wrapped(
                StyledLine("\(drill.cluster ?? drill.inventory): ", .bold)
                    + StyledLine(VisibleText.escaped(reason), .bad),
                indent: 0,
                hanging: 2
            )
        }
        let passed = drills.count { $0.status == 0 }
        page.blank()
        page.wrapped(
            StyledLine(
                "\(passed) of \(counted(drills.count, "drill", "drills")) passed.",
                passed == drills.count ? .good : .bad
            )
        )
        return page.text
    }

    private static func ink(_ drill: FleetDrill) -> Ink { drill.status == 0 ? .good : .bad }

    /// `clusters`: each with `inventory`, `cluster`, `run`, `status`, `outcome`, `secondsToProof`,
    /// `snapshotAgeSeconds`, `reason`; what is not known is null.
    package static func json(_ drills: [FleetDrill]) throws -> String {
        try JSONText.encode(
            [
                "clusters": .array(
                    drills.map { drill in
                        [
                            "inventory": .string(drill.inventory),
                            "cluster": .optional(drill.cluster), "run": .optional(drill.run),
                            "status": .int(Int64(drill.status)), "outcome": .string(drill.words),
                            "secondsToProof": .seconds(drill.secondsToProof),
                            "snapshotAgeSeconds": .seconds(drill.snapshotAge),
                            "reason": .optional(drill.reason),
                        ]
                    }
                )
            ] as JSONValue
        )
    }
}
