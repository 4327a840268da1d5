import RestorePlanning
import RestoreRun

/// What the bars of the drawn sittings mean; only of those that occur.
struct TimelineLegend {
    let sittings: [Sitting]
    let chapters: [RunHistory.Chapter]

    private var entries: [(className: String, words: String)] {
        var seen: Set<String> = []
        for bar in sittings.flatMap(\.rows).flatMap(\.bars) {
            switch bar.outcome {
            case .acted: seen.insert("bar-acted")
            case .found: seen.insert("bar-found")
            case .stumbled: seen.insert("bar-stumbled")
            case .proved(let holding, let all):
                seen.insert(holding == all ? "bar-proved" : "bar-stumbled")
            case .open: seen.insert("bar-open")
            }
        }
        if chapters.contains(where: { $0.down != nil }) { seen.insert("band") }
        return [
            ("bar-acted", "done"), ("bar-found", "found done"), ("bar-proved", "proven"),
            ("bar-stumbled", "failed"), ("bar-open", "outcome not known"), ("band", "etcd down"),
        ]
        .filter { seen.contains($0.0) }
    }

    var html: HTML {
        .tag("ul", ["class": "legend", "aria-hidden": "true"]) {
            for entry in entries {
                HTML.tag("li") {
                    HTML.tag("svg", ["class": "swatch"]) {
                        HTML.tag(
                            "rect",
                            [
                                "class": entry.className, "x": "1", "y": "1", "width": "22",
                                "height": "10",
                            ]
                        )
                    }
                    entry.words
                }
            }
        }
    }
}
