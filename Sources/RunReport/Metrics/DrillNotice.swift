internal import RestorePlanning
package import RestoreRun

/// What a webhook is told of a drill: one JSON object.
///
/// The keys are stable; one that has no value is null. Nothing of the cluster's data or secrets is in
/// it.
package enum DrillNotice {
    /// More failures than anybody reads are cut off, as is each of them: the message stays small.
    static let mostFailures = 20
    static let longestFailure = 300

    package static func json(_ figures: DrillFigures, version: String) throws -> String {
        let document: [String: JSONValue] = [
            "event": "drill",
            "text": .string(sentence(figures)),
            "version": .string(version),
            "cluster": .string(figures.cluster),
            "run": .string(figures.run.rawValue),
            "outcome": .string(figures.outcome.rawValue),
            "beganAt": .time(figures.beganAt),
            "endedAt": .time(figures.endedAt),
            "durationSeconds": .seconds(figures.endedAt - figures.beganAt),
            "rtoSeconds": .seconds(figures.secondsToProof),
            "rpoSeconds": .seconds(figures.snapshotAge),
            "objectives": [
                "rtoSeconds": .seconds(figures.rtoObjective),
                "rpoSeconds": .seconds(figures.rpoObjective),
                "meetsRTO": figures.meetsRTO.map(JSONValue.bool) ?? .null,
                "meetsRPO": figures.meetsRPO.map(JSONValue.bool) ?? .null,
            ],
            "snapshot": [
                "takenAt": .time(figures.snapshotTakenAt),
                "bytes": .unsigned(figures.snapshotBytes),
                "revision": .int(figures.snapshotRevision),
                "keys": .int(Int64(figures.snapshotKeys)),
                "revisionsBehind": figures.revisionsBehind.map(JSONValue.int) ?? .null,
            ],
            "failures": .array(
                figures.failures.prefix(mostFailures).map { .string(shortened($0)) }
            ),
        ]
        return try JSONText.encode(JSONValue.object(document))
    }

    /// The sentence that a chat shows.
    static func sentence(_ figures: DrillFigures) -> String {
        let drill = "Drill \(figures.run) of cluster \(figures.cluster)"
        let proof = figures.secondsToProof.map { " in \(TimeText.length($0))" } ?? ""
        let age = figures.snapshotAge.map { ", from data \(TimeText.length($0)) old" } ?? ""
        return switch figures.outcome {
        case .passed: "\(drill) passed: proven\(proof)\(age)."
        case .missedObjectives:
            "\(drill) missed an objective (\(missed(figures))): proven\(proof)\(age)."
        case .failed: "\(drill) failed\(reason(figures))."
        case .interrupted: "\(drill) was interrupted\(reason(figures))."
        case .refused: "\(drill) was refused, nothing was changed\(reason(figures))."
        }
    }

    private static func missed(_ figures: DrillFigures) -> String {
        let names = [("RTO", figures.meetsRTO), ("RPO", figures.meetsRPO)]
        return names.filter { $0.1 == false }.map(\.0).joined(separator: ", ")
    }

    private static func reason(_ figures: DrillFigures) -> String {
        guard let first = figures.failures.first.map(shortened) else { return "" }
        return ": " + (first.hasSuffix(".") ? String(first.dropLast()) : first)
    }

    private static func shortened(_ text: String) -> String {
        let visible = VisibleText.escaped(text).unicodeScalars
        guard visible.count > longestFailure else { return String(visible) }
        return String(visible.prefix(longestFailure)) + "…"
    }
}
