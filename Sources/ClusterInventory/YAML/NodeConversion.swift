internal import Yams

/// Yams's tree to ours, within bounds that no honest file meets.
struct NodeConversion {
    let masking: KeyMasking
    /// Whether every value was taken over.
    private(set) var isComplete = true
    private var count = 0

    /// A few aliases can stand for billions of values.
    private static let mostValues = 100_000

    init(masking: KeyMasking) {
        self.masking = masking
    }

    mutating func value(of node: Node, findings: inout Findings) -> YAMLValue {
        let place = place(of: node)
        count += 1
        if count > Self.mostValues {
            if isComplete {
                findings.error("more than \(Self.mostValues) values in one file", at: place)
            }
            isComplete = false
            return YAMLValue(.null, at: place)
        }
        switch node {
        case .scalar(let scalar):
            let isNull =
                scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return YAMLValue(isNull ? .null : .scalar(scalar.string), at: place)
        case .sequence(let sequence):
            var values: [YAMLValue] = []
            for element in sequence where isComplete {
                values.append(value(of: element, findings: &findings))
            }
            return YAMLValue(.list(values), at: place)
        case .mapping(let mapping):
            var entries: [YAMLEntry] = []
            for (key, element) in mapping where isComplete {
                let keyPlace = self.place(of: key)
                guard case .scalar(let name) = key else {
                    findings.error("a key must be a single word", at: keyPlace)
                    continue
                }
                entries.append(
                    YAMLEntry(
                        key: Located(masking.name(of: name.string), at: keyPlace),
                        value: value(of: element, findings: &findings)
                    )
                )
            }
            return YAMLValue(.mapping(entries), at: place)
        case .alias:
            // The composer puts the value itself where an alias stands.
            findings.error("an alias that stands for nothing", at: place)
            return YAMLValue(.null, at: place)
        }
    }

    private func place(of node: Node) -> TextPlace {
        node.mark.map { TextPlace(line: $0.line, column: $0.column) }
            ?? TextPlace(line: 1, column: 1)
    }
}
