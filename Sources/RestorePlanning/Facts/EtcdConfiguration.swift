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

    /// Weighs them as etcd does.
    ///
    /// - Parameters:
    ///   - environment: lines `ETCD_DATA_DIR=…`, later ones win.
    ///   - arguments: what follows the program's name in ExecStart.
    ///   - file: the text of the `config-file`, where one is named and readable.
    /// - Returns: etcd's settings; none where the `config-file` that is named cannot be read.
    package static func decide(
        environment: [String],
        arguments: [String],
        file: String?
    ) -> EtcdConfiguration {
        let variables = variables(environment)
        var values: [String: String] = [:]
        for (name, text) in variables where name.hasPrefix("ETCD_") {
            let flag = name.dropFirst("ETCD_".count).lowercased().replacing("_", with: "-")
            values[flag] = text
        }
        for (flag, value) in flags(arguments) {
            values[flag] = unquoted(expanded(value, variables))
        }
        guard let path = values["config-file"], !path.isEmpty else {
            return EtcdConfiguration(values: values)
        }
        guard let settings = file.flatMap(yaml) else {
            return EtcdConfiguration(values: [:], unreadableFile: path)
        }
        return EtcdConfiguration(values: settings, file: path)
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

    private static func variables(_ lines: [String]) -> [String: String] {
        var variables: [String: String] = [:]
        for line in lines {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].trimmingBlanks()
            variables[name] = unquoted(line[line.index(after: equals)...].trimmingBlanks())
        }
        return variables
    }

    /// The words of a unit with the variables that it puts into them.
    static func expanded(_ words: [String], _ environment: [String]) -> [String] {
        let variables = variables(environment)
        return words.map { expanded($0, variables) }
    }

    /// `${NAME}` and `$NAME` as systemd expands them; what we have not read stays as it is.
    private static func expanded(_ value: String, _ variables: [String: String]) -> String {
        if value.hasPrefix("$"), let text = variables[String(value.dropFirst())] { return text }
        // what was put in is not looked at again: else a few variables could make any length
        var result = ""
        var rest = value[...]
        while let start = rest.firstRange(of: "${"),
            let end = rest[start.upperBound...].firstIndex(of: "}")
        {
            let name = String(rest[start.upperBound..<end])
            result += rest[..<start.lowerBound]
            result += variables[name] ?? "${\(name)}"
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// A value as systemd reads it from an `EnvironmentFile` (`parse_env_file_internal`, v252).
    ///
    /// Quotes count where a value or its next part begins; a backslash takes the next character as
    /// it is, in double quotes only one that a shell would want escaped, in single quotes none.
    private static func unquoted(_ text: String) -> String {
        enum Place { case between, plain, single, double }
        var place = Place.between
        var result = ""
        var rest = text[...]
        while let next = rest.popFirst() {
            switch (place, next) {
            case (.between, "'"): place = .single
            case (.between, "\""): place = .double
            case (.single, "'"), (.double, "\""): place = .between
            case (.between, "\\"), (.plain, "\\"):
                place = .plain
                if let escaped = rest.popFirst() { result.append(escaped) }
            case (.double, "\\"):
                if let escaped = rest.first, "\"\\`$".contains(escaped) {
                    rest.removeFirst()
                    result.append(escaped)
                } else {
                    result.append(next)
                }
            case (.between, " "), (.between, "\t"): break
            case (.between, _), (.plain, _):
                place = .plain
                result.append(next)
            case (.single, _), (.double, _): result.append(next)
            }
        }
        return result
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
