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
    /// Whether that database has been deleted since, and lives on in the process alone.
    package var isDatabaseDeleted: Bool
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
        isDatabaseDeleted: Bool = false,
        databaseInode: String? = nil
    ) {
        self.id = id
        self.controlGroup = controlGroup
        self.words = words
        self.variables = variables
        self.directory = directory
        self.isInContainer = isInContainer
        self.database = database
        self.isDatabaseDeleted = isDatabaseDeleted
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
            // the kernel adds it to the name of what no directory has any more (proc(5))
            let deleted = " (deleted)"
            let path = lines["\(name).database"]
            let isDeleted = path?.hasSuffix(deleted) == true
            let words = bytes("words").split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            found.append(
                RunningEtcd(
                    id: id,
                    controlGroup: lines["\(name).cgroup"] ?? "",
                    words: words.last == "" ? words.dropLast() : words,
                    variables: variables(bytes("variables")),
                    directory: lines["\(name).directory"] ?? "",
                    isInContainer: lines.isYes("\(name).inside"),
                    database: isDeleted ? path.map { String($0.dropLast(deleted.count)) } : path,
                    isDatabaseDeleted: isDeleted,
                    databaseInode: lines["\(name).inode"]
                )
            )
        }
        return found
    }

    /// By bytes: a CR before the end of the line belongs to the value, as etcd sees it.
    private static func variables(_ lines: [UInt8]) -> [String: String] {
        var variables: [String: String] = [:]
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2 else { continue }
            variables[String(decoding: parts[0], as: UTF8.self)] =
                String(decoding: parts[1], as: UTF8.self)
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
