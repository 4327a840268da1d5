/// The `key=value` lines that our scripts print; the last of a repeated key wins.
package struct KeyedLines: Sendable, Hashable {
    package private(set) var values: [String: String] = [:]

    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
    }

    package subscript(key: String) -> String? { values[key] }

    package func isYes(_ key: String) -> Bool { values[key] == "yes" }
}
