import RestoreRun

/// The top of the page of all drills: how the newest of each cluster ended, and how many did well.
struct TrendHead {
    let series: [DrillSeries]
    private var all: [DrillFigures] { series.flatMap(\.drills) }
    private var newest: [DrillFigures] { series.compactMap(\.drills.last) }

    var glyph: Glyph {
        let glyphs = newest.map(\.outcome.glyph)
        if glyphs.contains(.bad) { return .bad }
        return glyphs.isEmpty || glyphs.contains(.warn) ? .warn : .good
    }

    var headline: String {
        guard let only = newest.first else { return "No drill yet" }
        if newest.count == 1 { return "The newest drill \(ending(only.outcome))" }
        let passed = newest.count { $0.outcome == .passed }
        return "\(passed) of \(newest.count) newest drills passed"
    }

    private func ending(_ outcome: DrillFigures.Outcome) -> String {
        switch outcome {
        case .passed, .missedObjectives, .failed: outcome.words
        case .interrupted, .refused: "was \(outcome.words)"
        }
    }

    var subject: String {
        let names = MemberGroups.of(series.map { ($0.cluster, "") }).first?.names ?? []
        return names.isEmpty ? "etcd" : Set(names).sorted().joined(separator: ", ")
    }

    private var lastPassed: (day: String, clock: String) {
        let time = all.filter { $0.outcome == .passed }.map(\.beganAt).max()
        guard let time else { return ("never", "") }
        return (String(TimeText.dateAndClock(time).prefix(10)), "\(TimeText.clock(time)) UTC")
    }

    var html: HTML {
        .tag("header", ["class": "verdict \(glyph.className)"]) {
            HTML.tag("p", ["class": "kicker"]) {
                "drills of "
                HTML.tag("b") { subject }
            }
            HTML.tag("h1") {
                glyph.mark
                HTML.tag("span") { headline }
            }
            HTML.tag("p", ["class": "meaning"]) { meaning }
            HTML.tag("dl", ["class": "figures"]) {
                figure("Drills", "\(all.count)")
                figure("Passed", "\(all.count { $0.outcome == .passed })")
                figure("Last passed", lastPassed.day, lastPassed.clock)
                if newest.count == 1, let drill = newest.first {
                    if let seconds = drill.secondsToProof {
                        figure("Newest time to proof", TimeText.length(seconds))
                    }
                    if let age = drill.snapshotAge {
                        figure("Newest snapshot’s age", TimeText.length(age))
                    }
                }
            }
        }
    }

    private var meaning: HTML {
        all.isEmpty
            ? .prose(
                "Nothing is known of how long a restore takes: `rekindle drill` rehearses one."
            )
            : HTML(
                "A drill restores a snapshot into a scratch cluster, proves it, and removes it; production is "
                    + "not restored."
            )
    }

    private func figure(_ label: String, _ value: String, _ note: String = "") -> HTML {
        .tag("div") {
            HTML.tag("dt") { label }
            HTML.tag("dd") {
                HTML.tag("b") { value }
                HTML.tag("span", ["class": "dim"]) { note }
            }
        }
    }
}
