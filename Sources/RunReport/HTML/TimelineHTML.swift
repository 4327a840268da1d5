import RestorePlanning
import RestoreRun

/// One coordinator's sitting as a table with a drawing in its last column.
///
/// The table says in words all that the drawing shows, for who cannot see it and for who wants the numbers.
struct TimelineHTML {
    let sitting: Sitting
    let chapter: RunHistory.Chapter
    /// Told above the table.
    let title: String
    private let scale: TimeScale
    private let rows: TimelineRows

    init(_ sitting: Sitting, of chapter: RunHistory.Chapter, title: String) {
        self.sitting = sitting
        self.chapter = chapter
        self.title = title
        scale = TimeScale(from: sitting.beganAt, to: sitting.endedAt)
        rows = TimelineRows(sitting, of: chapter.summary.plan)
    }

    /// The part of the downtime that falls into the sitting.
    private var down: (from: Double, to: Double, isOver: Bool)? {
        guard let down = chapter.down, down.from <= scale.to, down.to ?? .infinity >= scale.from
        else { return nil }
        let end = down.to ?? sitting.endedAt
        return (
            max(down.from, scale.from), min(end, scale.to), down.to.map { $0 <= scale.to } ?? false
        )
    }

    var html: HTML {
        .tag("table", ["class": "timeline"]) {
            HTML.tag("caption") { title }
            HTML.tag("thead") {
                HTML.tag("tr") {
                    for (name, kind) in [
                        ("member", "left"), ("began", "right clock"), ("took", "right"),
                        ("outcome", "left"),
                    ] {
                        HTML.tag("th", ["scope": "col", "class": kind]) { name }
                    }
                    HTML.tag("th", ["scope": "col", "class": "drawing"]) {
                        HTML.tag("span", ["class": "hidden"]) { "drawn" }
                        axis
                    }
                }
            }
            if let down { downRow(down) }
            for step in rows.steps { self.step(step) }
        }
    }

    private var axis: HTML {
        drawing {
            for tick in scale.ticks {
                HTML.tag("line", line(at: tick)) {}
                HTML.tag(
                    "text",
                    [
                        "x": scale.percent(scale.from + tick), "y": "12",
                        "text-anchor": scale.part(scale.from + tick) > 90 ? "end" : "middle",
                    ]
                ) { TimeScale.label(tick) }
            }
        }
    }

    private func downRow(_ down: (from: Double, to: Double, isOver: Bool)) -> HTML {
        .tag("tbody", ["class": "downtime"]) {
            HTML.tag("tr") {
                HTML.tag("th", ["scope": "row"]) { "etcd down" }
                HTML.tag("td", ["class": "right clock"]) { TimeText.clock(down.from) }
                HTML.tag("td", ["class": "right"]) { TimeText.length(down.to - down.from) }
                HTML.tag("td") {
                    down.isOver ? "then proven to serve" : "not proven to serve again"
                }
                cell {
                    rect("bar-down", down.from, down.to)
                }
            }
        }
    }

    private func step(_ step: TimelineRows.Step) -> HTML {
        .tag("tbody") {
            HTML.tag("tr", ["class": "step"]) {
                HTML.tag("th", ["scope": "rowgroup", "colspan": "4"]) {
                    HTML.tag("b") { "\(step.number) \(step.name)" }
                    HTML.tag("span", ["class": "dim"]) {
                        " \(TimeText.length(step.to - step.from))"
                    }
                }
                cell { HTML() }
            }
            for row in step.rows { member(row) }
        }
    }

    private func member(_ row: Sitting.Row) -> HTML {
        let (glyph, words) = TimelineRows.outcome(row)
        return .tag("tr") {
            HTML.tag("th", ["scope": "row"]) { row.member ?? "the cluster" }
            HTML.tag("td", ["class": "right clock"]) { TimeText.clock(row.from) }
            HTML.tag("td", ["class": "right"]) { TimeText.length(row.to - row.from) }
            HTML.tag("td") {
                HTML.sign(glyph)
                HTML.tag(
                    "span",
                    [
                        "class": row.stumbles > 0 && glyph == .good
                            ? "warn" : glyph.className == "good" ? "plain" : glyph.className
                    ]
                ) { words }
            }
            cell { for bar in row.bars { self.bar(bar) } }
        }
    }

    private func bar(_ bar: Sitting.Bar) -> HTML {
        switch bar.outcome {
        case .acted: rect("bar-acted", bar.from, bar.to)
        case .found: rect("bar-found", bar.from, bar.to)
        case .stumbled: rect("bar-stumbled", bar.from, bar.to)
        case .proved(let holding, let all):
            rect(holding == all ? "bar-proved" : "bar-stumbled", bar.from, bar.to)
        case .open: rect("bar-open", bar.from, bar.to)
        }
    }

    // MARK: drawing

    /// The last cell of a row: the downtime and the ticks behind what is drawn.
    private func cell(@HTMLBuilder _ content: () -> HTML) -> HTML {
        let content = content()
        return .tag("td", ["class": "drawing"]) {
            drawing {
                if let down { rect("band", down.from, down.to, y: "0", height: "100%") }
                for tick in scale.ticks { HTML.tag("line", line(at: tick)) {} }
                content
            }
        }
    }

    private func drawing(@HTMLBuilder _ content: () -> HTML) -> HTML {
        .tag("svg", ["aria-hidden": "true"], content)
    }

    private func line(at tick: Double) -> KeyValuePairs<StaticString, String> {
        let x = scale.percent(scale.from + tick)
        return ["x1": x, "x2": x, "y1": "0", "y2": "100%"]
    }

    private func rect(
        _ name: String,
        _ from: Double,
        _ to: Double,
        y: String = "50%",
        height: String = "10"
    ) -> HTML {
        .tag(
            "rect",
            [
                "class": name, "x": scale.percent(from), "y": y, "width": scale.width(from, to),
                "height": height,
            ]
        )
    }
}
