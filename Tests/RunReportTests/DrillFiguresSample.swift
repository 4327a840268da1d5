import RestorePlanning
import RestoreRun

extension DrillFigures {
    /// A drill that took a minute and ten seconds, 45 of them to the proof; the snapshot was an hour
    /// old.
    static func sample(
        _ outcome: Outcome = .passed,
        cluster: String = "prod",
        endedAt: Double = 1_763_900_070
    ) -> DrillFigures {
        var figures = DrillFigures(
            run: .nobody,
            cluster: cluster,
            outcome: outcome,
            beganAt: endedAt - 70,
            endedAt: endedAt,
            snapshotTakenAt: endedAt - 70 - 3600,
            revisionsBehind: 12,
            snapshotBytes: 52_428_800,
            snapshotRevision: 4711,
            snapshotKeys: 3413,
            rtoObjective: 900,
            rpoObjective: 21_600
        )
        if outcome == .passed || outcome == .missedObjectives {
            figures.secondsToProof = 45.1234
            figures.downtimeEstimate = 31.5
            figures.stagedDowntimeEstimate = 8
        } else {
            figures.failures = ["etcd-2: no space left on device."]
        }
        return figures
    }
}
