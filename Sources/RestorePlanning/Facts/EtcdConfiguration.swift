import ClusterInventory

/// etcd's settings as its unit gives them: flag name without dashes to value.
///
/// Flags go before environment variables; with a configuration file etcd reads that file only
/// (server/etcdmain/config.go of 3.4 and 3.5).
package struct EtcdConfiguration: Sendable, Hashable {
    package private(set) var values: [String: String]
    /// The `config-file` that is named and cannot be read: what etcd would do is then unknown.
    package private(set) var unreadableFile: String?
    /// The `config-file` that all settings come from; nil without one.
    package private(set) var file: String?
    /// The settings that only the process tells which runs.
    package private(set) var running: Set<String> = []

    package init(values: [String: String], unreadableFile: String? = nil, file: String? = nil) {
        self.values = values
        self.unreadableFile = unreadableFile
        self.file = file
    }

    package subscript(flag: String) -> String? {
        values[flag].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether etcd compares its data with its peers' at every start: a flag up to 3.5, a feature gate
    /// from 3.6 on.
    package var checksAtStart: Bool {
        if let flag = values["experimental-initial-corrupt-check"] {
            return flag.isEmpty || flag == "true"
        }
        return self["feature-gates"]?.contains("InitialCorruptCheck=true") == true
    }

    /// A setting that is on or off.
    package enum Switch: Sendable, Hashable {
        case on
        case off
        /// A value that etcd does not start with.
        case unreadable(String)
    }

    /// A setting as etcd reads it: by Go's `strconv.ParseBool`, or as YAML's booleans in a file; nil
    /// without one, and for an empty variable, which etcd passes over.
    package func isOn(_ flag: String) -> Switch? {
        guard let value = self[flag] else { return nil }
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": return .on
        case "0", "f", "F", "false", "FALSE", "False": return .off
        default: break
        }
        guard file != nil else { return .unreadable(value) }
        switch value.lowercased() {
        case "y", "yes", "on": return .on
        case "n", "no", "off", "null", "~": return .off
        default: return .unreadable(value)
        }
    }

    /// The same, with what is not told here taken from the process that runs.
    package func filled(from process: EtcdConfiguration) -> EtcdConfiguration {
        guard unreadableFile == nil else { return self }
        var whole = self
        for (flag, running) in process.values {
            let written = values[flag] ?? ""
            guard written.isEmpty || written.contains("$") else { continue }
            whole.values[flag] = running
            whole.running.insert(flag)
        }
        return whole
    }

    /// Weighs them as etcd does.
    ///
    /// - Parameters:
    ///   - environment: etcd's variables.
    ///   - arguments: what follows the program's name.
    ///   - file: the text of the `config-file`, if one is named and readable.
    ///   - directory: where relative paths begin; nil if that is unknown.
    /// - Returns: etcd's settings; none if the `config-file` that is named cannot be read.
    package static func decide(
        environment: [String: String],
        arguments: [String],
        file: String?,
        directory: String? = nil
    ) -> EtcdConfiguration {
        var values: [String: String] = [:]
        for (name, text) in environment where name.hasPrefix("ETCD_") {
            let flag = name.dropFirst("ETCD_".count).lowercased().replacing("_", with: "-")
            values[flag] = text
        }
        for (flag, value) in flags(arguments) { values[flag] = value }
        guard let path = values["config-file"], !path.isEmpty else {
            return EtcdConfiguration(values: placed(values, in: directory))
        }
        let whole = HostPath.plain(path, in: directory)
        guard let settings = file.flatMap(yaml) else {
            return EtcdConfiguration(values: [:], unreadableFile: whole)
        }
        return EtcdConfiguration(values: placed(settings, in: directory), file: whole)
    }

    /// The same settings with the directories as etcd will open them.
    ///
    /// Without a data directory etcd takes `NAME.etcd` in its working directory, NAME being `default` unless it is given
    /// (`NewConfig` and `setupDirs`, server/embed/config.go of 3.5).
    private static func placed(_ given: [String: String], in directory: String?) -> [String: String]
    {
        var values = given
        if let directory, (values["data-dir"] ?? "").isEmpty {
            let name = values["name"].flatMap { $0.isEmpty ? nil : $0 } ?? "default"
            values["data-dir"] = HostPath.plain("\(name).etcd", in: directory)
        }
        for flag in ["data-dir", "wal-dir"] {
            if let path = values[flag], !path.isEmpty {
                values[flag] = HostPath.plain(path, in: directory)
            }
        }
        // etcd's own place for the WAL, written out
        if let data = values["data-dir"], values["wal-dir"] == "\(data)/member/wal" {
            values["wal-dir"] = nil
        }
        return values
    }

    private static func flags(_ arguments: [String]) -> [(String, String)] {
        var flags: [(String, String)] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            guard argument.hasPrefix("-") else { continue }
            let name = String(argument.drop { $0 == "-" })
            if let equals = name.firstIndex(of: "=") {
                flags.append((String(name[..<equals]), String(name[name.index(after: equals)...])))
            } else if index < arguments.count, !arguments[index].hasPrefix("-") {
                flags.append((name, arguments[index]))
                index += 1
            } else {
                flags.append((name, "true"))
            }
        }
        return flags
    }

    /// nil where the text is no mapping.
    private static func yaml(_ text: String) -> [String: String]? {
        var findings = Findings(file: "")
        guard let root = YAMLParser.parse(Array(text.utf8), findings: &findings),
            case .mapping(let entries) = root.content
        else { return nil }
        var values: [String: String] = [:]
        for entry in entries {
            switch entry.value.content {
            case .scalar(let value): values[entry.key.value] = value
            // as the flags are called (configFromFile, server/embed/config.go of 3.5)
            case .mapping(let inner) where entry.key.value == "client-transport-security":
                for setting in inner {
                    guard case .scalar(let value) = setting.value.content else { continue }
                    values[setting.key.value] = value
                }
            case .mapping(let inner) where entry.key.value == "peer-transport-security":
                for setting in inner {
                    guard case .scalar(let value) = setting.value.content else { continue }
                    let name = setting.key.value
                    values[name == "auto-tls" ? "peer-auto-tls" : "peer-\(name)"] = value
                }
            case .mapping, .list, .null: break
            }
        }
        return values
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        String(
            self.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }
                .reversed()
        )
    }
}
