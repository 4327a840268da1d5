/// The sections that stand at the top as defaults and in a member as its own.
struct SharedSections {
    var etcd: YAMLSection?
    var service: YAMLSection?
    var ssh: YAMLSection?

    /// Reads the three out of a section that may have them.
    ///
    /// The title goes behind their names in messages; it is nil at the top.
    init(of section: YAMLSection, title: String?, findings: inout Findings) {
        func read(_ key: String, _ keys: [String]) -> YAMLSection? {
            section.value(key).flatMap {
                YAMLSection(
                    $0,
                    name: title.map { "\(key) \($0)" } ?? key,
                    keys: keys,
                    findings: &findings
                )
            }
        }
        etcd = read("etcd", EtcdReading.keys)
        service = read("service", ServiceReading.keys)
        ssh = read("ssh", SSHReading.keys)
    }

    func over(_ defaults: SharedSections) -> SharedSections {
        var merged = self
        merged.etcd = etcd?.over(defaults.etcd) ?? defaults.etcd
        merged.service = service?.over(defaults.service) ?? defaults.service
        merged.ssh = ssh?.over(defaults.ssh) ?? defaults.ssh
        return merged
    }

    /// Where a key belongs that was put beside these sections instead of in one of them.
    ///
    /// `user` is in two of them, so it is nobody's.
    static let homes: [String: String] = {
        var homes: [String: String] = [:]
        for (section, keys) in [
            ("etcd", EtcdReading.keys), ("service", ServiceReading.keys), ("ssh", SSHReading.keys),
        ] {
            for key in keys where key != "user" { homes[key] = section }
        }
        return homes
    }()
}
