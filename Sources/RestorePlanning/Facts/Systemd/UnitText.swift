/// A unit's files as `systemctl cat` prints them, read as systemd reads them.
///
/// Syntax of systemd.syntax(7) and `config_parse` (src/shared/conf-parser.c of systemd 252): comments, lines
/// that go on behind a backslash, CRLF, sections; an empty assignment takes back all earlier ones of a list.
struct UnitText: Sendable, Hashable {
    struct Assignment: Sendable, Hashable {
        var section: String
        var name: String
        var value: String
        /// The file that it stands in; empty if the text does not say.
        var file: String
    }

    private(set) var assignments: [Assignment] = []

    init(_ text: String) {
        var section = ""
        var file = ""
        var pending: String?
        var afterBlank = true
        // `read_line` (src/basic/fileio.c): LF, CR and CR LF end a line, no other character of Unicode does
        for raw in text.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine) {
            let line = raw.trimmingBlanks()
            if afterBlank, let path = Self.heading(line) {
                (file, section, pending) = (path, "", nil)
                afterBlank = false
                continue
            }
            afterBlank = line.isEmpty && pending == nil
            // a comment does not end the line that it interrupts
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if raw.hasSuffix("\\") {
                pending = (pending ?? "") + raw.dropLast() + " "
                continue
            }
            let whole = ((pending ?? "") + raw).trimmingBlanks()
            pending = nil
            if whole.hasPrefix("["), whole.hasSuffix("]") {
                section = String(whole.dropFirst().dropLast())
            } else if let equals = whole.firstIndex(of: "=") {
                assignments.append(
                    Assignment(
                        section: section,
                        name: whole[..<equals].trimmingBlanks(),
                        value: whole[whole.index(after: equals)...].trimmingBlanks(),
                        file: file
                    )
                )
            }
        }
    }

    private static func endsLine(_ character: Character) -> Bool {
        character == "\n" || character == "\r" || character == "\r\n"
    }

    /// The assignments of a setting that is a list: those since the last empty one.
    func list(_ name: String, in section: String = "Service") -> [Assignment] {
        var found: [Assignment] = []
        for one in assignments where one.section == section && one.name == name {
            if one.value.isEmpty { found = [] } else { found.append(one) }
        }
        return found
    }

    /// The last assignment of a setting; nil if there is none, or it is empty.
    func value(_ name: String, in section: String = "Service") -> String? {
        assignments.last { $0.section == section && $0.name == name }
            .flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// `systemctl cat` writes `# /path/of/the/file` before each file.
    private static func heading(_ line: String) -> String? {
        guard line.hasPrefix("# /"), line.hasSuffix(".service") || line.hasSuffix(".conf") else {
            return nil
        }
        return String(line.dropFirst(2))
    }
}
