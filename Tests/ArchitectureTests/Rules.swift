/// What a file does against the rules of the house: `path:line: what`.
enum Rules {
    /// Which of the project's modules each target may import: the walls of the house.
    static let allowedImports: [String: Set<String>] = [
        // pure: no I/O, no clock, no async
        "RemoteHost": [],
        "EtcdModel": ["RemoteHost", "CLibCrypto", "CChecksum"],
        "ClusterInventory": ["EtcdModel", "RemoteHost", "Yams"],
        "RestorePlanning": ["ClusterInventory", "EtcdModel", "RemoteHost"],
        "RestoreRun": ["RestorePlanning", "ClusterInventory", "EtcdModel", "RemoteHost"],
        "RunReport": [
            "RestoreRun", "RestorePlanning", "ClusterInventory", "EtcdModel", "RemoteHost",
        ],
        // effects
        "SSHTransport": ["CLibSSH2", "CLibCrypto", "CFastCTR", "RemoteHost"],
        "LocalTransport": ["CLinux", "RemoteHost"],
        "SnapshotSource": [
            "EtcdModel", "RemoteHost", "CLibCrypto", "CLinux", "CZstd", "CZlib",
        ],
        "SnapshotStore": ["EtcdModel", "RemoteHost", "SnapshotSource", "CLibCrypto"],
        "RunJournal": ["RestoreRun", "RestorePlanning", "EtcdModel", "CLibCrypto"],
        // the engine knows `HostConnection`; it is handed the SSH one
        "RestoreEngine": [
            "RunJournal", "SnapshotSource", "RestoreRun", "RestorePlanning", "ClusterInventory",
            "EtcdModel", "RemoteHost",
        ],
        // the command line puts the parts together
        "RekindleCommands": [
            "RestoreEngine", "RunJournal", "SnapshotSource", "SnapshotStore", "SSHTransport",
            "LocalTransport", "RunReport",
            "RestoreRun", "RestorePlanning", "ClusterInventory", "EtcdModel", "RemoteHost",
            "CLibCrypto", "ArgumentParser",
        ],
        "rekindle": ["RekindleCommands", "CLinux"],
    ]

    static let pure: Set<String> = [
        "RemoteHost", "EtcdModel", "ClusterInventory", "RestorePlanning", "RestoreRun", "RunReport",
    ]

    /// Modules that come with the system, for any target; what does I/O only for those with effects.
    static let systemModules: Set<String> = ["FoundationEssentials", "Synchronization"]
    static let effectModules: Set<String> = ["Foundation", "Glibc", "Dispatch"]

    static let longestFile = 400

    /// What never stands in a source file.
    static let bannedWords = ["try!", "as!", "fatalError(", "TODO", "FIXME", "nonisolated(unsafe)"]

    /// What needs a comment that says who guarantees it, on the line or the one above.
    static let explainedWords = ["@unchecked Sendable"]

    /// What a test's source shows where it makes a file that can be run.
    static let programMarks = [
        "posixPermissions: 0o755", "posixPermissions: 0o555", "chmod 755", "chmod 0755", "chmod +x",
        "chmod a+x",
    ]

    /// Only `ProgramFolder` writes programs for this machine.
    ///
    /// One that the tests' own process wrote is busy while another test forks. The lab's tests write theirs on hosts, by a shell there.
    static func programs(in file: SourceFile) -> [String] {
        guard !file.path.hasSuffix("/TestSupport/ProgramFolder.swift") else { return [] }
        let isOfLab = file.target == "LabTests"
        return numbered(file).compactMap { number, line in
            let mark = programMarks.first {
                line.contains($0) && !(isOfLab && $0.hasPrefix("chmod"))
            }
            return mark.map { "\(file.path):\(number): \($0): write programs with ProgramFolder" }
        }
    }

    static func violations(in file: SourceFile) -> [String] {
        imports(file) + length(file) + words(file)
    }

    /// The module of an import line, with whatever stands before the word; nil for other lines.
    static func importedModule(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), words.count > index + 1,
            words[..<index].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) })
        else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias"]
        let named = words[index + 1]
        let module = kinds.contains(named) && words.count > index + 2 ? words[index + 2] : named
        return String(module.prefix { $0 != "." && $0 != ";" })
    }

    private static let accessLevels: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private", "unsafe",
    ]

    private static func imports(_ file: SourceFile) -> [String] {
        guard let allowed = allowedImports[file.target] else {
            return ["\(file.path):1: no rule for the target \(file.target)"]
        }
        return numbered(file).compactMap { number, line in
            guard let module = importedModule(line), !allowed.contains(module),
                !systemModules.contains(module),
                pure.contains(file.target) || !effectModules.contains(module)
            else { return nil }
            return "\(file.path):\(number): \(file.target) may not import \(module)"
        }
    }

    private static func length(_ file: SourceFile) -> [String] {
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        return count > longestFile
            ? ["\(file.path):\(longestFile + 1): \(count) lines, \(longestFile) is the most"] : []
    }

    private static func words(_ file: SourceFile) -> [String] {
        let lines = file.lines
        return numbered(file).flatMap { number, line -> [String] in
            var found = bannedWords.filter { line.contains($0) }
            if line.contains("nonisolated(unsafe)"), isExplained(lines, number) {
                found.removeAll { $0 == "nonisolated(unsafe)" }
            }
            found += explainedWords.filter { line.contains($0) && !isExplained(lines, number) }
            return found.map { "\(file.path):\(number): \($0)" }
        }
    }

    private static func isExplained(_ lines: [Substring], _ number: Int) -> Bool {
        let above = number >= 2 ? lines[number - 2] : ""
        return above.drop { $0 == " " }.hasPrefix("//") || lines[number - 1].contains(" // ")
    }

    private static func numbered(_ file: SourceFile) -> [(number: Int, line: Substring)] {
        file.lines.enumerated().map { ($0.offset + 1, $0.element) }
    }

    /// The types that a file declares at its top level.
    static func declaredTypes(_ file: SourceFile) -> [String] {
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
        return file.lines.compactMap { line in
            guard line.first != " " else { return nil }
            let words = line.split(whereSeparator: { " :{<".contains($0) })
            guard let index = words.firstIndex(where: { kinds.contains($0) }),
                words.count > index + 1
            else { return nil }
            return String(words[index + 1])
        }
    }
}
