/// The colours of a page, each `#rrggbb`, by what they are for.
///
/// No colour is the only sign of anything, and text on its ground has the contrast of WCAG 2.2 AA.
struct Palette: Sendable, Hashable {
    var paper: String
    /// The ground of what is quoted.
    var wash: String
    var ink: String
    var muted: String
    var rule: String
    var good: String
    var goodWash: String
    var warn: String
    var warnWash: String
    var bad: String
    var badWash: String
    /// What was done, in the timeline.
    var bar: String
    /// The ground of the time in which the cluster was down.
    var down: String

    static let light = Palette(
        paper: "#ffffff",
        wash: "#f5f6f7",
        ink: "#1b1e22",
        muted: "#565d66",
        rule: "#d3d8de",
        good: "#14663a",
        goodWash: "#ebf5ef",
        warn: "#7d4b00",
        warnWash: "#fdf4e3",
        bad: "#9f1f1a",
        badWash: "#fdeeec",
        bar: "#3b6994",
        down: "#f0ebe1"
    )

    static let dark = Palette(
        paper: "#14171b",
        wash: "#1e2329",
        ink: "#e7e9ec",
        muted: "#a7afb9",
        rule: "#3a424c",
        good: "#74d29c",
        goodWash: "#14271c",
        warn: "#f0b65f",
        warnWash: "#2d2212",
        bad: "#ff9d94",
        badWash: "#331b19",
        bar: "#77a9d8",
        down: "#2f2a22"
    )

    /// As custom properties of CSS.
    var css: String {
        let named = [
            ("paper", paper), ("wash", wash), ("ink", ink), ("muted", muted), ("rule", rule),
            ("good", good), ("good-wash", goodWash), ("warn", warn), ("warn-wash", warnWash),
            ("bad", bad), ("bad-wash", badWash), ("bar", bar), ("down", down),
        ]
        return named.map { "--\($0):\($1)" }.joined(separator: ";")
    }
}
