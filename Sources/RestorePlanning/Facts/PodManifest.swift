import ClusterInventory

/// What a static pod's manifest tells of etcd: its words, its variables, and where the host's directories are in it.
struct PodManifest: Sendable, Hashable {
    /// With `$(NAME)` replaced as the kubelet does.
    let command: [String]
    let environment: [String: String]
    private let mounts: ContainerMounts

    /// The first container whose words begin with etcd; nil where the text is no manifest with one.
    init?(_ text: String) {
        var findings = Findings(file: "")
        guard let root = YAMLParser.parse(Array(text.utf8), findings: &findings),
            let spec = root["spec"], let containers = spec["containers"]?.list
        else { return nil }
        func words(_ container: YAMLValue) -> [String] {
            ((container["command"]?.list ?? []) + (container["args"]?.list ?? [])).compactMap(
                \.scalar
            )
        }
        guard
            let etcd = containers.first(where: { one in
                words(one).first?.split(separator: "/").last == "etcd"
            }) ?? containers.first(where: { $0["name"]?.scalar == "etcd" })
        else { return nil }
        var variables: [String: String] = [:]
        for one in etcd["env"]?.list ?? [] {
            guard let name = one["name"]?.scalar else { continue }
            // the kubelet alone knows what `valueFrom` gives: the reference stays to be seen
            variables[name] =
                one["valueFrom"] == nil
                ? Self.expanded(one["value"]?.scalar ?? "", variables) : "$(\(name))"
        }
        environment = variables
        command = words(etcd).map { Self.expanded($0, variables) }
        let paths = (spec["volumes"]?.list ?? []).compactMap { volume -> (String, String)? in
            guard let name = volume["name"]?.scalar, let path = volume["hostPath"]?["path"]?.scalar
            else { return nil }
            return (name, path)
        }
        mounts = ContainerMounts(
            (etcd["volumeMounts"]?.list ?? []).compactMap { mount in
                guard let name = mount["name"]?.scalar, let inside = mount["mountPath"]?.scalar,
                    let outside = paths.first(where: { $0.0 == name })?.1
                else { return nil }
                return ContainerMounts.Mount(inside: inside, outside: outside)
            }
        )
    }

    /// The `config-file` as it is called on the host.
    var wantedFiles: [String] { [configuration([:]).unreadableFile].compactMap { $0 } }

    /// etcd's settings, with its directories as they are on the host.
    ///
    /// - Parameter files: the texts of `wantedFiles`, by path.
    /// - Returns: none if the `config-file` is not among them.
    func configuration(_ files: [String: String]) -> EtcdConfiguration {
        mounts.outside(
            EtcdConfiguration.decide(
                environment: environment,
                arguments: Array(command.dropFirst()),
                file: files.values.first
            )
        )
    }

    /// `$(NAME)` as the kubelet replaces it; one that is not set stays, `$$` is a `$`
    /// (`Expand`, third_party/forked/golang/expansion/expand.go of Kubernetes 1.36).
    private static func expanded(_ text: String, _ variables: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result.append("$")
                rest.removeFirst()
            } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                result += variables[name] ?? "$(\(name))"
                rest = rest[rest.index(after: end)...]
            } else {
                result.append("$")
            }
        }
        return result + rest
    }
}

extension YAMLValue {
    fileprivate subscript(key: String) -> YAMLValue? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key.value == key }?.value
    }

    fileprivate var list: [YAMLValue]? {
        if case .list(let values) = content { values } else { nil }
    }

    fileprivate var scalar: String? {
        if case .scalar(let text) = content { text } else { nil }
    }
}
