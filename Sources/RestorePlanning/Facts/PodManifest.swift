import ClusterInventory

/// What a static pod's manifest tells of etcd: its words, its variables, and where the host's directories are in it.
struct PodManifest {
    let command: [String]
    /// Lines `ETCD_DATA_DIR=…`.
    let environment: [String]
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
        command = words(etcd)
        environment = (etcd["env"]?.list ?? []).compactMap { one in
            guard let name = one["name"]?.scalar, let value = one["value"]?.scalar else {
                return nil
            }
            return "\(name)=\(value)"
        }
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

    /// etcd's settings, with its directories as they are on the host.
    var configuration: EtcdConfiguration {
        mounts.outside(
            EtcdConfiguration.decide(
                environment: environment,
                arguments: Array(command.dropFirst()),
                file: nil
            )
        )
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
