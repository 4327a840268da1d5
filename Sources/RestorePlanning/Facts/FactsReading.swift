import EtcdModel
package import RemoteHost

/// Reads what `FactsScript` prints.
package struct SystemFacts: Sendable, Hashable {
    package var hostname: String
    package var isRoot: Bool
    /// Seconds since 1970 on the host's clock; nil if what it says is no time.
    package var epochSeconds: Double?
    package var tools: ToolFacts
    package var unit: UnitFacts
    package var configuration: EtcdConfiguration
    package var spare: SpareFacts
    package var sudo: SudoFacts

    /// nil when the script did not run to its end.
    package init?(_ output: String, manager: any ServiceManager) {
        let lines = KeyedLines(output)
        guard lines.isYes("end") else { return nil }
        hostname = lines["host"] ?? ""
        isRoot = lines["uid"] == "0"
        // until the year 5138: `inf` and `nan` are numbers, too
        epochSeconds = lines["now"].flatMap(Double.init).flatMap {
            (0...1e11).contains($0) ? $0 : nil
        }
        tools = ToolFacts(
            etcd: Self.tool("etcd", lines),
            etcdctl: Self.tool("etcdctl", lines),
            etcdutl: Self.tool("etcdutl", lines),
            missing: (lines["missing"] ?? "").split(separator: " ").map(String.init),
            digest: lines["digest"].flatMap(DigestTool.init(rawValue:)),
            hasZstd: lines.isYes("zstd"),
            hasGzip: lines.isYes("gzip"),
            canRelay: lines.isYes("relay")
        )
        let activity = manager.state(from: lines.values)
        let loadState =
            lines["service.LoadState"] ?? (activity.activity == .unknown ? "unknown" : "loaded")
        unit = UnitFacts(
            isLoaded: loadState == "loaded",
            loadState: loadState,
            activity: activity,
            restart: lines["service.Restart"] ?? "",
            type: lines["service.Type"] ?? "",
            user: lines["service.User"] ?? "",
            group: lines["service.Group"] ?? "",
            execStarts: Self.lines("starts", lines),
            isDynamicUser: lines.isYes("service.DynamicUser"),
            forcingLines: Self.lines("forcing", lines)
        )
        sudo = SudoFacts(listing: Self.text("sudo", lines))
        spare = SpareFacts(
            listeningPorts: Set(
                (lines["listening"] ?? "").split(separator: " ").compactMap { Int($0, radix: 16) }
            ),
            memoryBytes: lines["memory"].flatMap(UInt64.init).map {
                $0.multiplied(saturating: 1024)
            },
            hasSystemdRun: lines.isYes("systemd-run")
        )
        if let manifest = PodManifest(Self.text("manifest", lines)) {
            configuration = manifest.configuration
            return
        }
        let words = Self.words(Self.text("exec", lines))
        let environment = Self.lines("environment", lines)
        let file = lines["config"] == nil ? nil : Self.text("config", lines)
        configuration =
            ContainerCommand(words)?.configuration(
                unit: environment,
                files: Self.lines("containerenv", lines),
                file: file
            )
            ?? .decide(environment: environment, arguments: Array(words.dropFirst()), file: file)
    }

    private static func text(_ key: String, _ lines: KeyedLines) -> String {
        lines[key].flatMap(Base64Text.bytes).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func lines(_ key: String, _ lines: KeyedLines) -> [String] {
        text(key, lines).split(separator: "\n").map(String.init)
    }

    private static func tool(_ name: String, _ lines: KeyedLines) -> ToolFacts.Found? {
        lines["tool.\(name)"].map { path in
            ToolFacts.Found(
                path: path,
                version: EtcdVersion(toolOutput: text("version.\(name)", lines))
            )
        }
    }

    /// The program and its words in `{ path=… ; argv[]=/usr/bin/etcd --name x ; … }`.
    private static func words(_ execStart: String) -> [String] {
        guard let start = execStart.firstRange(of: "argv[]="),
            let end = execStart[start.upperBound...].firstRange(of: " ; ")
        else { return [] }
        return execStart[start.upperBound..<end.lowerBound].split(separator: " ")
            .map(String.init)
    }
}

/// The directories of a member, and the TLS files that are not there.
package struct DirectoriesFacts: Sendable, Hashable {
    package var data: DirectoryFacts
    package var wal: DirectoryFacts?
    package var missingTLSFile: String?
    package var account: AccountFacts

    /// nil when the script did not run to its end.
    package init?(_ output: String) {
        let lines = KeyedLines(output)
        guard lines.isYes("end"), let data = Self.directory("data", lines) else { return nil }
        self.data = data
        wal = Self.directory("wal", lines)
        missingTLSFile = lines["tls.missing"]
        account = AccountFacts(lines)
    }

    private static func directory(_ name: String, _ lines: KeyedLines) -> DirectoryFacts? {
        guard let path = lines["\(name).path"], let real = lines["\(name).real"] else { return nil }
        let owner = (lines["\(name).owner"] ?? "").split(separator: " ").map(String.init)
        let ids = lines["\(name).uid"].flatMap { uid in
            lines["\(name).gid"].map { OwnerIDs(user: uid, group: $0) }
        }
        // as stat(1) names an account that does not exist
        func known(_ name: String, _ id: String?) -> String {
            name == "UNKNOWN" ? id ?? name : name
        }
        let hazards =
            lines["\(name).hazards"].flatMap(Base64Text.bytes)
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
        return DirectoryFacts(
            path: path,
            realPath: real,
            exists: lines.isYes("\(name).exists"),
            isMountPoint: lines.isYes("\(name).mount"),
            user: known(lines["\(name).user"] ?? owner.first ?? "", ids?.user),
            group: known(lines["\(name).group"] ?? owner.dropFirst().first ?? "", ids?.group),
            mode: lines["\(name).mode"] ?? owner.dropFirst(2).first ?? "",
            fileSystem: lines["\(name).fs"] ?? "",
            freeBytes: lines["\(name).free"].flatMap(UInt64.init) ?? 0,
            isReadOnly: lines.isYes("\(name).readonly"),
            isMemberMountPoint: lines.isYes("\(name).membermount"),
            databaseBytes: lines["\(name).db"].flatMap(UInt64.init),
            ids: ids,
            hazards: Hazard.read(hazards, of: real)
        )
    }
}
