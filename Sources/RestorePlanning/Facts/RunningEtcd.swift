/// etcd as the kernel shows it: what it was started with, and the database that it has open.
package struct RunningEtcd: Sendable, Hashable {
    package var id: String
    /// Its control group, as systemd writes it.
    package var controlGroup: String
    package var words: [String]
    package var variables: [String: String]
    /// The directory in which its relative paths begin.
    package var directory: String
    /// Whether it has file systems of its own: its paths are then not the host's.
    package var isInContainer: Bool
    /// The path of the open database, as the process sees it; nil if none is open.
    package var database: String?
    /// Device and inode of the open database, `2049:131`.
    package var databaseInode: String?

    package init(
        id: String,
        controlGroup: String = "",
        words: [String],
        variables: [String: String] = [:],
        directory: String = "/",
        isInContainer: Bool = false,
        database: String? = nil,
        databaseInode: String? = nil
    ) {
        self.id = id
        self.controlGroup = controlGroup
        self.words = words
        self.variables = variables
        self.directory = directory
        self.isInContainer = isInContainer
        self.database = database
        self.databaseInode = databaseInode
    }

    /// etcd's settings as the process has them; a `config-file` may have changed since it was read.
    package var configuration: EtcdConfiguration {
        .decide(
            environment: variables,
            arguments: Array(words.dropFirst()),
            file: nil,
            directory: isInContainer || directory.isEmpty ? nil : directory
        )
    }

    static func all(_ lines: KeyedLines) -> [RunningEtcd] {
        var found: [RunningEtcd] = []
        while let id = lines["process.\(found.count + 1).id"] {
            let name = "process.\(found.count + 1)"
            func bytes(_ key: String) -> [UInt8] {
                lines["\(name).\(key)"].flatMap(Base64Text.bytes) ?? []
            }
            let words = bytes("words").split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            found.append(
                RunningEtcd(
                    id: id,
                    controlGroup: lines["\(name).cgroup"] ?? "",
                    words: words.last == "" ? words.dropLast() : words,
                    variables: variables(String(decoding: bytes("variables"), as: UTF8.self)),
                    directory: lines["\(name).directory"] ?? "",
                    isInContainer: lines.isYes("\(name).inside"),
                    database: lines["\(name).database"],
                    databaseInode: lines["\(name).inode"]
                )
            )
        }
        return found
    }

    private static func variables(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return variables
    }
}

extension [RunningEtcd] {
    /// The member's own process: the one that has its database open, else the one in its unit's control group,
    /// else the one with its name, else the only one.
    func own(database: String?, controlGroup: String, name: String) -> RunningEtcd? {
        if let database, let one = first(where: { $0.databaseInode == database }) { return one }
        if !controlGroup.isEmpty {
            let mine = filter {
                $0.controlGroup == controlGroup || $0.controlGroup.hasPrefix("\(controlGroup)/")
            }
            if let one = mine.first { return one }
        }
        let named = filter { $0.configuration["name"] == name }
        if named.count == 1 { return named.first }
        return count == 1 ? first : nil
    }
}
