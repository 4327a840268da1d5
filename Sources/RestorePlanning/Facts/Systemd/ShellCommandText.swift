/// What `sh -c TEXT` would start, as far as the text alone tells.
///
/// Reads the POSIX shell's quotes, assignments, variables with their defaults, `exec`, and lists of commands. What only a
/// shell can know (`$(…)`, arithmetic) stays in the word as it is written: whoever compares it sees the `$`.
struct ShellCommandText: Sendable, Hashable {
    /// The words of the first command that is etcd.
    private(set) var words: [String]
    /// What that command finds in its environment.
    private(set) var variables: [String: String]

    /// Finds the command, or is nil if no command of the text is etcd.
    ///
    /// - Parameters:
    ///   - text: what `-c` is given.
    ///   - inherited: the shell's own environment.
    ///   - isEtcd: whether a word is etcd's program.
    init?(_ text: String, variables inherited: [String: String], isEtcd: (String) -> Bool) {
        self.init(Self.commands(text), inherited, isEtcd)
    }

    /// The same for words that no shell reads: `nice -n 5 etcd …`, `env A=b etcd …`.
    init?(quoted words: [String], variables: [String: String], isEtcd: (String) -> Bool) {
        self.init([words.map { Word(parts: [.text($0)]) }], variables, isEtcd)
    }

    private init?(
        _ commands: [[Word]],
        _ inherited: [String: String],
        _ isEtcd: (String) -> Bool
    ) {
        var known = inherited
        for command in commands {
            var words = command[...]
            var own: [String: String] = [:]
            func takeAssignments() {
                while let (name, value) = words.first?.assignment {
                    own[name] = value.text(known)
                    words.removeFirst()
                }
            }
            takeAssignments()
            // what runs another program, with options of its own
            while let program = words.first?.text(known), Self.runners.contains(Self.name(program))
            {
                words.removeFirst()
                // an option may have a value: what follows is looked through up to etcd itself
                if let etcd = words.firstIndex(where: {
                    $0.assignment == nil && isEtcd($0.text(known))
                }) {
                    for word in words[..<etcd] {
                        if let (name, value) = word.assignment { own[name] = value.text(known) }
                    }
                    words = words[etcd...]
                } else {
                    takeAssignments()
                }
            }
            if let program = words.first?.text(known), isEtcd(program) {
                self.words = words.flatMap { $0.texts(known) }
                variables = known.merging(own) { $1 }
                return
            }
            // `A=b; etcd`, `export A=b; etcd`: what is set stays
            if words.isEmpty { known.merge(own) { $1 } }
        }
        return nil
    }

    private static let runners: Set<String> = [
        "exec", "export", "command", "nice", "ionice", "env", "sudo", "numactl", "nohup", "setpriv",
    ]

    private static func name(_ program: String) -> String {
        program.split(separator: "/").last.map(String.init) ?? program
    }

    // MARK: reading

    private struct Word {
        enum Part {
            case text(String)
            case variable(String, fallback: String?, isQuoted: Bool)
            /// What only a shell can tell, as it is written.
            case untold(String)
        }
        var parts: [Part] = []

        /// The word as `NAME=value`, with the value as a word of its own.
        var assignment: (name: String, value: Word)? {
            guard case .text(let text)? = parts.first, let equals = text.firstIndex(of: "="),
                VariableName.isValid(text[..<equals])
            else { return nil }
            var value = self
            value.parts[0] = .text(String(text[text.index(after: equals)...]))
            return (String(text[..<equals]), value)
        }

        /// The word with its variables replaced.
        func text(_ variables: [String: String]) -> String {
            parts.map { part in
                switch part {
                case .text(let text), .untold(let text): return text
                case .variable(let name, let fallback, _):
                    let value = variables[name] ?? ""
                    return value.isEmpty ? fallback ?? "" : value
                }
            }
            .joined()
        }

        /// An unquoted variable that is the whole word is split at its blanks.
        func texts(_ variables: [String: String]) -> [String] {
            let whole = text(variables)
            guard parts.count == 1, case .variable(_, _, isQuoted: false) = parts[0] else {
                return [whole]
            }
            return whole.split(whereSeparator: \.isWhitespace).map(String.init)
        }
    }

    /// The simple commands of the text, in order.
    private static func commands(_ text: String) -> [[Word]] {
        var commands: [[Word]] = [[]]
        var word: Word?
        var rest = text[...]
        func end() {
            if let whole = word { commands[commands.count - 1].append(whole) }
            word = nil
        }
        func add(_ part: Word.Part) {
            var whole = word ?? Word()
            if case .text(let more) = part, case .text(let before)? = whole.parts.last {
                whole.parts[whole.parts.count - 1] = .text(before + more)
            } else {
                whole.parts.append(part)
            }
            word = whole
        }
        while let next = rest.popFirst() {
            switch next {
            case ";", "&", "|", "(", ")", "{",
                "}" where word == nil || !"{}".contains(next):
                end()
                commands.append([])
            case _ where next.isNewline:
                end()
                commands.append([])
            case "#" where word == nil:
                rest = rest.drop { !$0.isNewline }
            case "'":
                let quoted = rest.prefix { $0 != "'" }
                add(.text(String(quoted)))
                rest = rest.dropFirst(quoted.count + 1)
            case "\"":
                add(.text(""))
                while let inner = rest.popFirst(), inner != "\"" {
                    if inner == "\\", let escaped = rest.first, "\"\\`$\n".contains(escaped) {
                        rest.removeFirst()
                        if !escaped.isNewline { add(.text(String(escaped))) }
                    } else if inner == "$" || inner == "`" {
                        add(expansion(inner, &rest, isQuoted: true))
                    } else {
                        add(.text(String(inner)))
                    }
                }
            case "\\":
                if let escaped = rest.popFirst(), !escaped.isNewline { add(.text(String(escaped))) }
            case "$", "`": add(expansion(next, &rest, isQuoted: false))
            case _ where next.isWhitespace: end()
            default: add(.text(String(next)))
            }
        }
        end()
        return commands.filter { !$0.isEmpty }
    }

    private static func expansion(
        _ first: Character,
        _ rest: inout Substring,
        isQuoted: Bool
    ) -> Word.Part {
        if first == "`" {
            let inner = rest.prefix { $0 != "`" }
            rest = rest.dropFirst(inner.count + 1)
            return .untold("$(\(inner))")
        }
        if rest.first == "(" {
            var depth = 0
            var source = "$"
            while let next = rest.popFirst() {
                source.append(next)
                if next == "(" { depth += 1 }
                if next == ")" { depth -= 1 }
                if depth == 0 { break }
            }
            return .untold(source)
        }
        if rest.first == "{" {
            let inner = rest.dropFirst().prefix { $0 != "}" }
            rest = rest.dropFirst(inner.count + 2)
            if VariableName.isValid(inner) {
                return .variable(String(inner), fallback: nil, isQuoted: isQuoted)
            }
            guard let mark = inner.firstRange(of: ":-"),
                VariableName.isValid(inner[..<mark.lowerBound])
            else { return .untold("${\(inner)}") }
            return .variable(
                String(inner[..<mark.lowerBound]),
                fallback: String(inner[mark.upperBound...]),
                isQuoted: isQuoted
            )
        }
        let name = rest.prefix { VariableName.isValid("_\($0)") }
        guard VariableName.isValid(name) else { return .text("$") }
        rest = rest.dropFirst(name.count)
        return .variable(String(name), fallback: nil, isQuoted: isQuoted)
    }
}
