import Yams

/// etcd's settings as its unit gives them: flag name without dashes to value.
///
/// Flags go before environment variables; with a configuration file etcd reads that file only
/// (server/etcdmain/config.go of 3.4 and 3.5).
package struct EtcdConfiguration: Sendable, Hashable {
    package private(set) var values: [String: String]
    /// Where the values come from, for messages.
    package private(set) var origin: String

    package init(values: [String: String], origin: String) {
        self.values = values
        self.origin = origin
    }

    package subscript(flag: String) -> String? {
        values[flag].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Parameters:
    ///   - environment: lines `ETCD_DATA_DIR=…`, later ones win.
    ///   - arguments: what follows the program's name in ExecStart.
    ///   - file: the text of the `config-file`, where one is named and readable.
    package static func decide(
        environment: [String],
        arguments: [String],
        file: String?
    ) -> EtcdConfiguration {
        var values: [String: String] = [:]
        for line in environment {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].trimmingBlanks()
            guard name.hasPrefix("ETCD_") else { continue }
            let flag = name.dropFirst("ETCD_".count).lowercased().replacing("_", with: "-")
            values[flag] = unquoted(line[line.index(after: equals)...].trimmingBlanks())
        }
        for (flag, value) in flags(arguments) {
            values[flag] = expanded(value, environment: environment)
        }
        if values["config-file"] != nil, let file {
            return EtcdConfiguration(values: yaml(file), origin: "configuration file")
        }
        return EtcdConfiguration(values: values, origin: "unit")
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

    /// `${NAME}` and `$NAME` as systemd expands them; only ones we have read are replaced.
    private static func expanded(_ value: String, environment: [String]) -> String {
        var result = value
        for line in environment {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].trimmingBlanks()
            let text = unquoted(line[line.index(after: equals)...].trimmingBlanks())
            result = result.replacing("${\(name)}", with: text)
            if result == "$\(name)" { result = text }
        }
        return result
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let first = text.first, first == text.last,
            first == "\"" || first == "'"
        else { return text }
        return String(text.dropFirst().dropLast())
    }

    private static func yaml(_ text: String) -> [String: String] {
        // an unreadable file leaves the settings unknown; the checks say which are missing
        guard let node = try? compose(yaml: text), let mapping = node.mapping else { return [:] }
        var values: [String: String] = [:]
        for (key, value) in mapping {
            if let name = key.string, let text = value.string { values[name] = text }
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
