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
    /// What etcd would be told if its service started it now.
    package private(set) var configuration: EtcdConfiguration
    package var spare: SpareFacts
    package var sudo: SudoFacts
    /// Every process of the host that is called etcd.
    package private(set) var processes: [RunningEtcd]
    /// The control group of the unit, as systemd calls it; empty if it does not run.
    package private(set) var controlGroup: String
    private let written: Written

    /// Where it stands what etcd is told.
    private enum Written: Sendable, Hashable {
        case unit(WrittenService)
        case pod(PodManifest)
        case nothing
    }

    /// Reads the script's answer, or is nil if the script did not run to its end.
    package init?(_ output: String, manager: any ServiceManager, unit unitName: String = "") {
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
            unable: (lines["unable"] ?? "").split(separator: ",").map { $0.trimmingBlanks() },
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
            isDynamicUser: lines.isYes("service.DynamicUser"),
            forcingLines: Self.text("forcing", lines).split(separator: "\n").map(String.init),
            dependents: DependentUnit.all(lines),
            unwritable: lines["unwritable"]
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
        processes = RunningEtcd.all(lines)
        if let pod = PodManifest(Self.text("manifest", lines)) {
            written = .pod(pod)
        } else if lines["unit"] != nil {
            let text = UnitText(Self.text("unit", lines))
            written = .unit(
                WrittenService(
                    text,
                    files: Self.environmentFiles(lines),
                    specifiers: UnitSpecifiers(
                        unit: unitName,
                        hostname: hostname,
                        machineID: lines["machine"] ?? ""
                    )
                )
            )
            unit.execStarts = text.list("ExecStart").map(\.value)
        } else {
            written = .nothing
        }
        controlGroup = lines["service.ControlGroup"] ?? ""
        configuration = EtcdConfiguration(values: [:])
        configuration = decided(with: [:])
    }

    /// The same, now that the files are read that the settings name.
    package mutating func take(_ answer: String) {
        let lines = KeyedLines(answer)
        guard lines.isYes("end") else { return }
        var texts: [String: String] = [:]
        for (index, path) in wantedFiles.enumerated() where lines["file.\(index + 1)"] != nil {
            texts[path] = Self.text("file.\(index + 1)", lines)
        }
        configuration = decided(with: texts)
    }

    /// The files of the host that the settings name, and that are not read yet.
    package var wantedFiles: [String] {
        switch written {
        case .pod(let pod): pod.wantedFiles
        case .unit(let service):
            ContainerCommand(service.words)?.wantedFiles
                ?? [configuration.unreadableFile].compactMap { $0 }
        case .nothing: []
        }
    }

    /// Why what the service gives to etcd cannot be told; nil if it can.
    package var obstacle: String? {
        if case .unit(let service) = written { service.obstacle } else { nil }
    }

    /// The process that is the member; nil if none can be told to be it.
    package func process(of member: String, database: String? = nil) -> RunningEtcd? {
        unit.activity.activity == .active
            ? processes.own(database: database, controlGroup: controlGroup, name: member) : nil
    }

    private func decided(with files: [String: String]) -> EtcdConfiguration {
        switch written {
        case .nothing: return EtcdConfiguration(values: [:])
        case .pod(let pod): return pod.configuration(files)
        case .unit(let service):
            if let container = ContainerCommand(service.words) {
                return container.configuration(files)
            }
            guard !service.words.isEmpty else { return EtcdConfiguration(values: [:]) }
            return .decide(
                environment: service.environment,
                arguments: Array(service.words.dropFirst()),
                file: files.values.first,
                directory: service.workingDirectory.isEmpty ? nil : service.workingDirectory
            )
        }
    }

    private static func environmentFiles(_ lines: KeyedLines) -> [WrittenService.EnvironmentFile] {
        (1...).lazy.map { ($0, lines["variables.\($0).path"]) }
            .prefix { $0.1 != nil }
            .map { index, path in
                WrittenService.EnvironmentFile(
                    path: path ?? "",
                    text: text("variables.\(index).text", lines)
                )
            }
    }

    private static func text(_ key: String, _ lines: KeyedLines) -> String {
        lines[key].flatMap(Base64Text.bytes).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func tool(_ name: String, _ lines: KeyedLines) -> ToolFacts.Found? {
        lines["tool.\(name)"].map { path in
            ToolFacts.Found(
                path: path,
                version: EtcdVersion(toolOutput: text("version.\(name)", lines))
            )
        }
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
            hazards: Hazard.read(hazards, of: real),
            databaseInode: lines["\(name).inode"]
        )
    }
}
