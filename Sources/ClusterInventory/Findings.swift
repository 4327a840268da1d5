/// A place in a text; line and column are from 1, the column in Unicode scalars.
package struct TextPlace: Sendable, Hashable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: TextPlace, right: TextPlace) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A value and where it was written.
package struct Located<Value> {
    package var value: Value
    package var place: TextPlace

    package init(_ value: Value, at place: TextPlace) {
        self.value = value
        self.place = place
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}

/// What is found in one file: everything at once, so that a file is put right in one go.
package struct Findings: Sendable {
    package let file: String
    private var found: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []

    /// More are not told: nobody reads them, and a file that is no inventory has a million.
    static let most = 1000

    package init(file: String) {
        self.file = file
    }

    package mutating func error(_ message: String, at place: TextPlace?, hint: String? = nil) {
        add(.error, message, at: place, hint: hint)
    }

    package mutating func warning(_ message: String, at place: TextPlace?, hint: String? = nil) {
        add(.warning, message, at: place, hint: hint)
    }

    package var hasErrors: Bool { found.contains { $0.severity == .error } }

    /// In the order of the file; what is said of the file as a whole comes first.
    package var diagnostics: [Diagnostic] {
        found.enumerated().sorted { left, right in
            (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
        }
        .map(\.element)
    }

    /// A default is read again for every member that has it; what is wrong with it is said once.
    private mutating func add(
        _ severity: Diagnostic.Severity,
        _ message: String,
        at place: TextPlace?,
        hint: String?
    ) {
        let diagnostic = Diagnostic(
            severity,
            message,
            file: file,
            line: place?.line,
            column: place?.column,
            hint: hint
        )
        guard found.count < Self.most, seen.insert(diagnostic).inserted else { return }
        found.append(diagnostic)
        if found.count == Self.most {
            found.append(Diagnostic(.error, "there is more that is not told here", file: file))
        }
    }
}
