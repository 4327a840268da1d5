/// One `ExecStart`, as systemd makes words of it.
///
/// `config_parse_exec` (src/core/load-fragment.c) and `replace_env_argv` (src/basic/env-util.c) of systemd 252.
struct ExecStartLine: Sendable, Hashable {
    /// The words as they stand: specifiers resolved, variables not.
    private(set) var words: [String]
    /// Whether `:` before the program forbids variables.
    private(set) var keepsVariables = false

    /// nil if systemd ignores the line: a quote is not closed, or nothing is in it.
    init?(_ text: String, specifiers: UnitSpecifiers) {
        guard var words = UnitWords.split(text), var program = words.first else { return nil }
        var hasArgumentZero = false
        while let prefix = program.first, "-@:+!|".contains(prefix) {
            program.removeFirst()
            if prefix == "@" { hasArgumentZero = true }
            if prefix == ":" { keepsVariables = true }
        }
        words[0] = program
        // the word behind the program is what it is told it is called
        if hasArgumentZero, words.count > 1 { words.remove(at: 1) }
        // more commands may follow a lone semicolon; etcd is of `Type=notify` or `simple`, which has one
        if let end = words.firstIndex(of: ";") { words = Array(words[..<end]) }
        guard words.first?.isEmpty == false else { return nil }
        self.words = words.map { $0 == "\\;" ? ";" : specifiers.resolved($0) }
    }

    /// The words that the program is given.
    ///
    /// `$NAME` alone is replaced by its value's words, quotes respected, or by none; `${NAME}` anywhere by its value;
    /// `$$` by `$`.
    func arguments(_ variables: [String: String]) -> [String] {
        guard !keepsVariables else { return words }
        return words.flatMap { word -> [String] in
            if word.hasPrefix("$"), let second = word.dropFirst().first, second != "{",
                second != "$"
            {
                guard let value = variables[String(word.dropFirst())] else { return [] }
                return UnitWords.split(value)
                    ?? value.split(whereSeparator: \.isWhitespace)
                    .map(String.init)
            }
            return [Self.replaced(word, variables)]
        }
    }

    private static func replaced(_ word: String, _ variables: [String: String]) -> String {
        var result = ""
        var rest = word[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result.append("$")
                rest.removeFirst()
            } else if rest.first == "{", let end = rest.firstIndex(of: "}") {
                let name = rest[rest.index(after: rest.startIndex)..<end]
                result += variables[String(name)] ?? ""
                rest = rest[rest.index(after: end)...]
            } else {
                result.append("$")
            }
        }
        return result + rest
    }
}

/// The `%` specifiers of a unit, as far as a host can be asked for them (systemd.unit(5)).
struct UnitSpecifiers: Sendable, Hashable {
    private let values: [Character: String]

    /// - Parameters:
    ///   - unit: the unit's full name, `etcd@a.service`.
    ///   - hostname: as `uname -n` says it.
    ///   - machineID: of /etc/machine-id; empty if unknown.
    init(unit: String, hostname: String, machineID: String = "") {
        let stem = unit.lastIndex(of: ".").map { String(unit[..<$0]) } ?? unit
        let at = stem.firstIndex(of: "@")
        let prefix = at.map { String(stem[..<$0]) } ?? stem
        let instance = at.map { String(stem[stem.index(after: $0)...]) } ?? ""
        values = [
            "n": unit, "N": stem, "p": prefix, "i": instance,
            "I": instance.replacing("-", with: "/"), "j": prefix, "H": hostname,
            "l": hostname.split(separator: ".").first.map(String.init) ?? hostname,
            "q": hostname, "m": machineID, "t": "/run", "S": "/var/lib", "C": "/var/cache",
            "L": "/var/log", "E": "/etc", "T": "/tmp", "V": "/var/tmp", "h": "/root", "u": "root",
            "U": "0", "g": "root", "G": "0", "s": "/bin/sh", "%": "%",
        ]
    }

    /// A specifier that is not known stays as it stands.
    func resolved(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            guard let letter = rest.first, let value = values[letter] else {
                result.append("%")
                continue
            }
            result += value
            rest.removeFirst()
        }
        return result + rest
    }
}
