package import EtcdModel
import RestorePlanning

/// What is kept in a place, for a person and as JSON.
package enum KeptSnapshotsText {
    package static func list(_ kept: [KeptSnapshot], now: Double, style: Style) -> String {
        var page = Page(style)
        guard !kept.isEmpty else {
            page.line("There are no snapshots.")
            return page.text
        }
        page.table(
            Table(
                columns + [Table.Column("age", .right), Table.Column("")],
                rows: kept.map { snapshot in
                    cells(snapshot) + [
                        StyledLine(
                            TimeText.length(max(0, now - Double(snapshot.name.takenAt)))
                        ), state(snapshot.state),
                    ]
                }
            ),
            indent: 0
        )
        return page.text
    }

    package static func saved(_ manifest: SnapshotManifest, at path: String, style: Style) -> String
    {
        let content = manifest.snapshot
        var page = Page(style)
        page.line(StyledLine(path, .bold) + StyledLine(" is kept, and proven"))
        page.fields([
            ("cluster", StyledLine("\(manifest.cluster), saved from \(manifest.member)")),
            ("taken", StyledLine(manifest.takenAt)),
            (
                "content",
                StyledLine(
                    "revision \(content.revision), \(content.keys) keys, HashKV \(content.hashKV)"
                )
            ),
            ("SHA-256", StyledLine("\(content.sha256) unpacked")),
            (
                "file",
                StyledLine(
                    "\(ByteText.describe(manifest.storedBytes))"
                        + (manifest.layers.isEmpty
                            ? ""
                            : ", packed by \(manifest.layers.reversed().joined(separator: ", "))")
                )
            ),
        ])
        return page.text
    }

    package static func verdicts(_ verdicts: [Retention.Verdict], style: Style) -> String {
        var page = Page(style)
        let going = verdicts.filter(\.reasons.isEmpty)
        guard !verdicts.isEmpty else {
            page.line("There are no snapshots.")
            return page.text
        }
        page.table(
            Table(
                [Table.Column("")] + columns + [Table.Column("why")],
                rows: verdicts.map { verdict in
                    [verdict.reasons.isEmpty ? StyledLine("delete", .warn) : StyledLine("keep")]
                        + cells(verdict.snapshot)
                        + [StyledLine(verdict.reasons.joined(separator: ", "))]
                }
            ),
            indent: 0
        )
        page.blank()
        let bytes = ByteText.describe(going.reduce(0) { $0 + $1.snapshot.bytes })
        page.line(
            going.isEmpty
                ? "Nothing goes." : "\(going.count) of \(verdicts.count) go, \(bytes)."
        )
        return page.text
    }

    private static let columns = [
        Table.Column("file"), Table.Column("size", .right), Table.Column("revision", .right),
        Table.Column("keys", .right),
    ]

    private static func cells(_ snapshot: KeptSnapshot) -> [StyledLine] {
        let content = snapshot.manifest?.snapshot
        return [
            StyledLine(VisibleText.escaped(snapshot.file)),
            StyledLine(ByteText.describe(snapshot.bytes)),
            StyledLine(content.map { "\($0.revision)" } ?? "?"),
            StyledLine(content.map { "\($0.keys)" } ?? "?"),
        ]
    }

    private static func state(_ state: KeptSnapshot.State) -> StyledLine {
        switch state {
        case .proven: StyledLine("proven")
        case .unproven: StyledLine("no manifest", .warn)
        case .damaged: StyledLine("not as its manifest says", .bad)
        }
    }

    /// The manifest's own keys.
    package static func json(_ manifest: SnapshotManifest) throws -> String {
        try JSONText.encode(value(manifest))
    }

    package static func json(_ kept: [KeptSnapshot]) throws -> String {
        let document: JSONValue = ["snapshots": .array(kept.map(value))]
        return try JSONText.encode(document)
    }

    package static func json(_ verdicts: [Retention.Verdict], isDryRun: Bool) throws -> String {
        let document: JSONValue = [
            "dryRun": .bool(isDryRun),
            "snapshots": .array(
                verdicts.map { verdict in
                    [
                        "file": .string(verdict.snapshot.file),
                        "bytes": .unsigned(verdict.snapshot.bytes),
                        "keep": .bool(!verdict.reasons.isEmpty),
                        "reasons": .array(verdict.reasons.map(JSONValue.string)),
                    ]
                }
            ),
        ]
        return try JSONText.encode(document)
    }

    private static func value(_ snapshot: KeptSnapshot) -> JSONValue {
        [
            "file": .string(snapshot.file),
            "bytes": .unsigned(snapshot.bytes),
            "cluster": .string(snapshot.cluster),
            "takenAt": .string(SnapshotName.text(snapshot.name.takenAt)),
            "state": .string(snapshot.state.rawValue),
            "manifest": snapshot.manifest.map(value) ?? .null,
        ]
    }

    private static func value(_ manifest: SnapshotManifest) -> JSONValue {
        let content = manifest.snapshot
        return [
            "cluster": .string(manifest.cluster),
            "takenAt": .string(manifest.takenAt),
            "member": .string(manifest.member),
            "etcdVersion": .optional(manifest.etcdVersion),
            "file": .string(manifest.file),
            "storedBytes": .unsigned(manifest.storedBytes),
            "storedSHA256": .string(manifest.storedSHA256),
            "layers": .array(manifest.layers.map(JSONValue.string)),
            "sha256": .string(content.sha256),
            "bytes": .unsigned(content.bytes),
            "revision": .int(content.revision),
            "keys": .int(Int64(content.keys)),
            "hashKV": .int(Int64(content.hashKV)),
        ]
    }
}
