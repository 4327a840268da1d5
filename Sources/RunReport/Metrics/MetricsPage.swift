import RemoteHost

/// Gauges of one cluster in Prometheus' exposition format.
struct MetricsPage {
    static let prefix = "rekindle_drill_"

    private let cluster: String
    private(set) var text = ""

    init(cluster: String) {
        self.cluster = Self.label("cluster", cluster)
    }

    mutating func add(_ time: KeptTime, _ help: String, _ value: Double?) {
        add(time.rawValue, help, value)
    }

    /// One value; nothing where there is none.
    mutating func add(_ name: String, _ help: String, _ value: Double?) {
        guard let value, value.isFinite else { return }
        head(name, help)
        text += "\(Self.prefix)\(name){\(cluster)} \(Self.number(value))\n"
    }

    /// One value for each label of the metric's own name.
    mutating func add(_ name: String, _ help: String, _ values: [(label: String, value: Double)]) {
        head(name, help)
        for (label, value) in values {
            text +=
                "\(Self.prefix)\(name){\(cluster),\(Self.label(name, label))} "
                + "\(Self.number(value))\n"
        }
    }

    private mutating func head(_ name: String, _ help: String) {
        text += "# HELP \(Self.prefix)\(name) \(help)\n# TYPE \(Self.prefix)\(name) gauge\n"
    }

    /// Escaped as the exposition format wants it: backslash, quote and line feed.
    static func label(_ name: String, _ value: String) -> String {
        let escaped = value.rewriting { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: nil
            }
        }
        return "\(name)=\"\(escaped)\""
    }

    /// Milliseconds are enough; a whole number is written as one.
    private static func number(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return Int64(exactly: rounded).map(String.init) ?? "\(rounded)"
    }
}
