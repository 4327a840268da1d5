/// The `etcd` section, of the file or of one member.
struct EtcdReading {
    static let keys = EtcdSettings.CodingKeys.allCases.map(\.rawValue)

    let settings: EtcdSettings
    let dataDir: Located<String>?
    let walDir: Located<String>?

    init(_ section: YAMLSection?, _ surroundings: Surroundings, findings: inout Findings) {
        func read(_ key: String, _ fault: (String) -> Fault?) -> Located<String>? {
            guard let text = section?.text(key, findings: &findings),
                findings.check(text, called: key, fault)
            else { return nil }
            return text
        }
        func path(
            _ key: String,
            _ fault: (String) -> Fault? = HostPath.fault
        ) -> Located<String>? {
            read(key, fault).map { Located(HostPath.plain($0.value), at: $0.place) }
        }
        let data = path("data-dir", HostPath.dataDirFault)
        let wal = path("wal-dir", HostPath.dataDirFault)
        dataDir = data
        // etcd's own place, written out
        walDir = wal?.value == data.map { "\($0.value)/member/wal" } ? nil : wal
        let cert = path("cert")
        let key = path("key")
        settings = EtcdSettings(
            dataDir: dataDir?.value,
            walDir: walDir?.value,
            user: read("user", NameRules.accountFault)?.value,
            group: read("group", NameRules.accountFault)?.value,
            binDir: path("bin-dir")?.value,
            cacert: path("cacert")?.value,
            cert: cert?.value,
            key: key?.value,
            authUser: read("auth-user", NameRules.etcdUserFault)?.value,
            authPasswordFile: section.flatMap {
                Self.passwordFile($0, surroundings, &findings)
            }
        )
        if let section {
            Self.requirePair(section, ("cert", "key"), findings: &findings)
            Self.requirePair(section, ("auth-user", "auth-password-file"), findings: &findings)
            Self.separate(dataDir, from: walDir, findings: &findings)
        }
    }

    /// A file on this machine, unlike every other path of the section.
    private static func passwordFile(
        _ section: YAMLSection,
        _ surroundings: Surroundings,
        _ findings: inout Findings
    ) -> String? {
        let key = "auth-password-file"
        guard let text = section.text(key, findings: &findings) else { return nil }
        if !text.value.hasControl, let path = surroundings.absolute(text.value) { return path }
        findings.error(
            "\"\(key)\" in \(section.origin(of: key)) is not a path that can be used",
            at: text.place,
            hint: "it is a file on this machine with the password in it: begin it with \"/\" or "
                + "\"~/\", or write it relative to the inventory"
        )
        return nil
    }

    /// Reports one key of two that mean nothing without the other.
    private static func requirePair(
        _ section: YAMLSection,
        _ pair: (String, String),
        findings: inout Findings
    ) {
        for (given, missing) in [pair, (pair.1, pair.0)] where section.value(missing) == nil {
            guard let value = section.value(given) else { continue }
            findings.error(
                "\"\(given)\" is given without \"\(missing)\" in \(section.origin(of: given))",
                at: value.place,
                hint: "give both, or neither"
            )
        }
    }

    /// Each is set aside and put in place by its own rename; one must not carry the other along.
    private static func separate(
        _ dataDir: Located<String>?,
        from walDir: Located<String>?,
        findings: inout Findings
    ) {
        guard let data = dataDir?.value, let walDir else { return }
        let wal = walDir.value
        let shown = "wal-dir \(wal.quotedForMessage)"
        if wal == data {
            findings.error(
                "\(shown) is the data-dir",
                at: walDir.place,
                hint: "leave wal-dir out: etcd then keeps its log in the data-dir"
            )
        } else if HostPath.isInside(wal, data) {
            findings.error(
                "\(shown) lies in the data-dir \(data.quotedForMessage)",
                at: walDir.place,
                hint: "leave wal-dir out for etcd's own place in it, or give it one elsewhere"
            )
        } else if HostPath.isInside(data, wal) {
            findings.error(
                "\(shown) holds the data-dir \(data.quotedForMessage)",
                at: walDir.place,
                hint: "give them directories of their own"
            )
        }
    }
}
