/// Something to say of a file that was given, with its place.
package struct Diagnostic: Error, Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable {
        case warning
        case error
    }
    package var severity: Severity
    /// Lower case, no final stop.
    package var message: String
    package var hint: String?
    package var file: String
    /// From 1; nil where the file as a whole is meant.
    package var line: Int?
    /// From 1, in Unicode scalars.
    package var column: Int?

    package init(
        _ severity: Severity,
        _ message: String,
        file: String,
        line: Int? = nil,
        column: Int? = nil,
        hint: String? = nil
    ) {
        self.severity = severity
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.hint = hint
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `inventory.yaml:12:5: error: unknown key "portt"`, and the hint on a line of its own.
    package var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
            .joined(separator: ":")
        let text = "\(place): \(severity.rawValue): \(message)"
        return hint.map { "\(text)\nHINT: \($0)" } ?? text
    }
}
