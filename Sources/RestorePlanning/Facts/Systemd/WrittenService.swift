/// What systemd would start for a unit, as its files say it.
struct WrittenService: Sendable, Hashable {
    /// The program and its arguments; empty if they cannot be told.
    private(set) var words: [String]
    private(set) var environment: [String: String]
    /// The directory in which etcd's relative paths begin; empty for the home of its user.
    private(set) var workingDirectory: String
    /// Why the words cannot be told; nil if they can.
    private(set) var obstacle: String?

    /// A file of variables that the unit names.
    struct EnvironmentFile: Sendable, Hashable {
        var path: String
        /// nil if it is not there or cannot be read.
        var text: String?
    }

    /// - Parameters:
    ///   - unit: the unit's files.
    ///   - files: each file that `EnvironmentFile` names, in that order; a pattern's files in the order of their names.
    ///   - specifiers: what `%` stands for.
    init(
        _ unit: UnitText,
        files: [EnvironmentFile],
        specifiers: UnitSpecifiers
    ) {
        var variables: [String: String] = [:]
        for line in unit.list("Environment") {
            for word in UnitWords.split(line.value) ?? [] {
                let word = specifiers.resolved(word)
                guard let equals = word.firstIndex(of: "="), VariableName.isValid(word[..<equals])
                else { continue }
                variables[String(word[..<equals])] = String(word[word.index(after: equals)...])
            }
        }
        // files go before `Environment`, later files before earlier ones (systemd.exec(5))
        for file in files {
            for variable in file.text.map(EnvironmentFileText.variables) ?? [] {
                variables[variable.name] = variable.value
            }
        }
        // what the manager passes on is known to it alone
        for line in unit.list("PassEnvironment") {
            for name in UnitWords.split(line.value) ?? [] where variables[name] == nil {
                variables[name] = "${\(name)}"
            }
        }
        for line in unit.list("UnsetEnvironment") {
            for word in UnitWords.split(line.value) ?? [] {
                let pair = word.split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                guard let name = pair.first.map(String.init) else { continue }
                if pair.count == 1 || variables[name] == String(pair[1]) { variables[name] = nil }
            }
        }
        environment = variables
        workingDirectory = Self.directory(unit, specifiers)
        let starts = unit.list("ExecStart").compactMap {
            ExecStartLine($0.value, specifiers: specifiers)
        }
        guard let start = starts.last else {
            words = []
            obstacle = "the unit has no ExecStart"
            return
        }
        words = start.arguments(variables)
        resolveProgram(variables)
    }

    /// Puts etcd's own words in place of those of what starts it.
    private mutating func resolveProgram(_ variables: [String: String]) {
        guard let program = words.first, !Self.isEtcd(program) else { return }
        if ContainerCommand(words) != nil { return }
        if let inner = ShellCommandText(quoted: words, variables: variables, isEtcd: Self.isEtcd) {
            words = inner.words
            environment = inner.variables
            return
        }
        // a wrapper that is called after etcd hands its words on; any other program's are its own
        if Self.name(program).contains("etcd") {
            obstacle = "\(program) starts etcd"
            return
        }
        let options = words.dropFirst().prefix { $0.hasPrefix("-") }
        if Self.shells.contains(Self.name(program)), options.contains(where: { $0.hasSuffix("c") }),
            let text = words.dropFirst(1 + options.count).first,
            let inner = ShellCommandText(text, variables: variables, isEtcd: Self.isEtcd)
        {
            words = inner.words
            environment = inner.variables
            return
        }
        // its words are its own: `k3s server --data-dir` is no directory of etcd
        obstacle = "\(program) is not etcd"
        words = []
        environment = [:]
    }

    private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "ksh", "zsh"]

    /// Whether a program is etcd, by its name: `etcd`, `etcd-3.5`, `etcd.bin`.
    static func isEtcd(_ program: String) -> Bool {
        let name = name(program)
        guard name.hasPrefix("etcd") else { return false }
        let rest = name.dropFirst("etcd".count)
        return rest.isEmpty || rest == ".bin" || rest == "3"
            || rest.drop { "-v".contains($0) }.first.map { "0123456789".contains($0) } == true
    }

    private static func name(_ program: String) -> String {
        program.split(separator: "/").last.map(String.init) ?? program
    }

    private static func directory(_ unit: UnitText, _ specifiers: UnitSpecifiers) -> String {
        guard let given = unit.value("WorkingDirectory").map(specifiers.resolved) else {
            return "/"
        }
        let path = given.hasPrefix("-") ? String(given.dropFirst()) : given
        return path == "~" ? "" : path
    }
}
