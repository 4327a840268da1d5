/// The `etcd` section, of the file or of one member.
struct EtcdReading {
    static let keys = EtcdSettings.CodingKeys.allCases.map(\.rawValue)

    let settings: EtcdSettings
    let dataDir: Located<String>?
    let walDir: Located<String>?

    init(_ section: YAMLSection?, findings: inout Findings) {
        func read(_ key: String, _ fault: (String) -> Fault?) -> Located<String>? {
            guard let text = section?.text(key, findings: &findings),
                findings.check(text, called: key, fault)
            else { return nil }
            return text
        }
        dataDir = read("data-dir", HostPath.dataDirFault)
        walDir = read("wal-dir", HostPath.dataDirFault)
        let cert = read("cert", HostPath.fault)
        let key = read("key", HostPath.fault)
        settings = EtcdSettings(
            dataDir: dataDir?.value,
            walDir: walDir?.value,
            user: read("user", NameRules.accountFault)?.value,
            group: read("group", NameRules.accountFault)?.value,
            binDir: read("bin-dir", HostPath.fault)?.value,
            cacert: read("cacert", HostPath.fault)?.value,
            cert: cert?.value,
            key: key?.value
        )
        if let section {
            Self.requirePair(section, findings: &findings)
            Self.separate(dataDir, from: walDir, findings: &findings)
        }
    }

    /// A client certificate without its key is no certificate.
    private static func requirePair(_ section: YAMLSection, findings: inout Findings) {
        for (given, missing) in [("cert", "key"), ("key", "cert")]
        where section.value(missing) == nil {
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
