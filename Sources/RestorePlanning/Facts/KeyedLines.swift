/// The `key=value` lines that our scripts print; the last of a repeated key wins.
package struct KeyedLines: Sendable, Hashable {
    package private(set) var values: [String: String] = [:]

    package init(_ text: String) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = line[line.index(after: equals)...]
            values[String(Substring(line[..<equals]))] = String(Substring(value))
        }
    }

    package subscript(key: String) -> String? { values[key] }

    package func isYes(_ key: String) -> Bool { values[key] == "yes" }
}
