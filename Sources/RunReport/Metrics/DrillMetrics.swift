package import RestoreRun

/// What a drill measured, as a textfile for Prometheus' node_exporter.
///
/// Each cluster has a file of its own: no drill must wait for another's, or can damage it. What the
/// earlier file knows of the last success stays; all else is of the newest drill, and a value that
/// it does not have is left out, so that no old one is taken for it.
package enum DrillMetrics {
    /// The file of a cluster; node_exporter reads what ends in `.prom`.
    package static func fileName(cluster: String) -> String { "rekindle-\(cluster).prom" }

    /// The text of the new file (exposition format 0.0.4).
    ///
    /// `earlier` is the text of the file that is there; what cannot be read of it is dropped.
    package static func render(_ figures: DrillFigures, earlier: String) -> String {
        let isProven = figures.outcome == .passed || figures.outcome == .missedObjectives
        let kept = KeptTimes(earlier, cluster: figures.cluster)
        var page = MetricsPage(cluster: figures.cluster)
        page.add(
            .lastSuccess,
            "When a drill last passed: proven, and no objective missed.",
            figures.outcome == .passed ? figures.endedAt : kept.times[.lastSuccess]
        )
        page.add(
            .lastProven,
            "When a drill last proved a restore, whether or not it missed an objective.",
            isProven ? figures.endedAt : kept.times[.lastProven]
        )
        page.add("last_run_timestamp_seconds", "When the last drill ended.", figures.endedAt)
        page.add(
            "outcome",
            "How the last drill ended: 1 for its outcome, 0 for every other.",
            DrillFigures.Outcome.allCases.map { outcome in
                (outcome.rawValue, outcome == figures.outcome ? 1 : 0)
            }
        )
        page.add(
            "duration_seconds",
            "How long the last drill took, tidying up included.",
            figures.endedAt - figures.beganAt
        )
        addObjectives(figures, &page)
        addSnapshot(figures, &page)
        return page.text
    }

    private static func addObjectives(_ figures: DrillFigures, _ page: inout MetricsPage) {
        page.add(
            "rto_seconds",
            "From the first step of the last drill to its proof.",
            figures.secondsToProof
        )
        page.add("rto_objective_seconds", "The longest acceptable RTO.", figures.rtoObjective)
        page.add(
            "rpo_seconds",
            "Age of the snapshot when the last drill began.",
            figures.snapshotAge
        )
        page.add("rpo_objective_seconds", "The highest acceptable RPO.", figures.rpoObjective)
        page.add(
            "estimated_downtime_seconds",
            "How long etcd would be down in a real restore, stopping aside.",
            figures.downtimeEstimate
        )
        page.add(
            "estimated_staged_downtime_seconds",
            "The same with the playbook restore-cluster-staged.",
            figures.stagedDowntimeEstimate
        )
    }

    private static func addSnapshot(_ figures: DrillFigures, _ page: inout MetricsPage) {
        // a drill that was refused may never have seen the file
        let isKnown = figures.snapshotBytes > 0
        page.add(
            "snapshot_size_bytes",
            "Size of the snapshot, unpacked.",
            isKnown ? Double(figures.snapshotBytes) : nil
        )
        page.add(
            "snapshot_revision",
            "The revision of the snapshot.",
            isKnown ? Double(figures.snapshotRevision) : nil
        )
        page.add(
            "snapshot_keys",
            "The live keys in the snapshot.",
            isKnown ? Double(figures.snapshotKeys) : nil
        )
        page.add(
            "revisions_behind",
            "How many revisions the running cluster was ahead of the snapshot.",
            figures.revisionsBehind.map(Double.init)
        )
    }
}

/// The times that outlive a drill.
enum KeptTime: String, CaseIterable {
    case lastSuccess = "last_success_timestamp_seconds"
    case lastProven = "last_proven_timestamp_seconds"
}

/// The times in a file that an earlier drill wrote.
struct KeptTimes {
    private(set) var times: [KeptTime: Double] = [:]

    init(_ text: String, cluster: String) {
        let label = MetricsPage.label("cluster", cluster)
        for line in text.split(separator: "\n") {
            for time in KeptTime.allCases {
                let series = "\(MetricsPage.prefix)\(time.rawValue){\(label)} "
                guard line.hasPrefix(series), let value = Double(line.dropFirst(series.count)),
                    value.isFinite, value >= 0
                else { continue }
                times[time] = value
            }
        }
    }
}
