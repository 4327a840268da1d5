import EtcdModel
import RestorePlanning

/// One number over all drills, drawn: parts of a hundred across, pixels upright, so that it fits any width.
struct TrendChart {
    /// Unique on the page, of letters, digits and hyphens.
    let id: String
    let title: String
    /// What the objective is called; nil where there can be none.
    let objectiveName: String?
    /// The oldest first; at least one.
    let points: [TrendPoint]
    let unit: TrendAxis.Unit

    private static let height = 150.0

    private var highestValue: Double { points.compactMap(\.value).max() ?? 0 }
    private var objectives: [Double] { points.compactMap(\.objective) }

    /// An objective far above all that was measured would press the trend flat.
    private var showsObjective: Bool {
        guard let highest = objectives.max() else { return false }
        return highestValue == 0 || highest <= 5 * highestValue
    }

    private var axis: TrendAxis {
        TrendAxis(unit, covering: max(highestValue, showsObjective ? objectives.max() ?? 0 : 0))
    }

    @HTMLBuilder var html: HTML {
        HTML.tag("h3") { title }
        if let name = objectiveName, let last = objectives.last, !showsObjective {
            HTML.tag("p", ["class": "note"]) {
                "The \(name) of \(TimeText.length(last)) is above the drawing."
            }
        }
        HTML.tag("div", ["class": "plot"]) {
            HTML.tag(
                "svg",
                ["class": "chart", "role": "img", "aria-labelledby": "\(id)-title \(id)-desc"]
            ) {
                HTML.tag("title", ["id": "\(id)-title"]) { title }
                HTML.tag("desc", ["id": "\(id)-desc"]) { description }
                grid
                if showsObjective { objectiveLines }
                connections
                for point in points { mark(point) }
            }
        }
    }

    private var description: String {
        let known = points.compactMap(\.value)
        guard let first = known.first, let last = known.last, let low = known.min() else {
            return "\(counted(points.count, "drill", "drills")), none with this number."
        }
        return
            "\(counted(known.count, "drill", "drills")) of \(points.count) with this number, from "
            + "\(describe(first)) to \(describe(last)); the least \(describe(low)), the most "
            + "\(describe(highestValue)). The table below has every number."
    }

    private func describe(_ value: Double) -> String {
        switch unit {
        case .seconds: TimeText.length(value)
        case .bytes: ByteText.describe(UInt64(saturating: value))
        }
    }

    // MARK: places

    private func x(_ time: Double) -> String {
        let first = points.first?.time ?? time
        let span = (points.last?.time ?? time) - first
        let part = span > 0 ? (time - first) / span : 0.5
        return "\(ByteText.fixed(part * 100, digits: 2))%"
    }

    private func y(_ value: Double) -> String {
        ByteText.fixed((1 - axis.part(value)) * Self.height, digits: 1)
    }

    // MARK: drawing

    @HTMLBuilder private var grid: HTML {
        for tick in axis.ticks {
            line("grid", "0%", y(tick), "100%", y(tick))
            HTML.tag("text", ["x": "-14", "y": y(tick), "dy": "4", "text-anchor": "end"]) {
                axis.label(tick)
            }
        }
        let bottom = ByteText.fixed(Self.height + 24, digits: 0)
        if let first = points.first, let last = points.last {
            if last.time > first.time {
                HTML.tag("text", ["x": "0%", "y": bottom]) { day(first) }
                HTML.tag("text", ["x": "100%", "y": bottom, "text-anchor": "end"]) { day(last) }
            } else {
                HTML.tag("text", ["x": "50%", "y": bottom, "text-anchor": "middle"]) { day(first) }
            }
        }
    }

    private func day(_ point: TrendPoint) -> String {
        String(TimeText.dateAndClock(point.time).prefix(10))
    }

    /// Each holds from its drill to the next one: objectives change.
    @HTMLBuilder private var objectiveLines: HTML {
        for (index, point) in points.enumerated() {
            let isNew = index == 0 || points[index - 1].objective != point.objective
            if isNew, let objective = point.objective {
                let next = points[index...].first { $0.objective != objective }
                let from = index == 0 ? "0%" : x(point.time)
                line(
                    "objective",
                    from,
                    y(objective),
                    next.map { x($0.time) } ?? "100%",
                    y(objective)
                )
            }
        }
        if let last = objectives.last {
            HTML.tag(
                "text",
                [
                    "class": "objective-name", "x": "100%", "y": y(last), "dy": "-5",
                    "text-anchor": "end",
                ]
            ) { "\(objectiveName ?? "") \(axis.label(last))" }
        }
    }

    /// Between neighbours that both have the number.
    @HTMLBuilder private var connections: HTML {
        for (left, right) in zip(points, points.dropFirst()) {
            if let from = left.value, let to = right.value {
                line("trend", x(left.time), y(from), x(right.time), y(to))
            }
        }
    }

    private func mark(_ point: TrendPoint) -> HTML {
        .tag(
            "svg",
            [
                "class": "point", "x": x(point.time), "y": y(point.value ?? 0), "width": "1",
                "height": "1",
            ]
        ) {
            HTML.tag("title") { point.words }
            point.mark.html
        }
    }

    private func line(
        _ name: String,
        _ fromX: String,
        _ fromY: String,
        _ toX: String,
        _ toY: String
    ) -> HTML {
        .tag("line", ["class": name, "x1": fromX, "y1": fromY, "x2": toX, "y2": toY])
    }
}
