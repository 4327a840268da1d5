internal import EtcdModel
internal import RemoteHost

/// One entry of `members`, read over the defaults, before the rules that compare members.
struct MemberReading {
    static let keys = [
        "name", "host", "initial-advertise-peer-urls", "advertise-client-urls", "etcd", "service",
        "ssh",
    ]

    let place: TextPlace
    let name: Located<String>?
    let host: Located<String>?
    let peerURLs: [Located<String>]
    let clientURLs: [Located<String>]
    let etcd: EtcdReading
    let service: Located<ServiceSettings>
    let endpoint: HostEndpoint

    /// Reads one member; its number, from 1, names it in messages while it has no name.
    init?(
        _ value: YAMLValue,
        number: Int,
        defaults: SharedSections,
        surroundings: Surroundings,
        findings: inout Findings
    ) {
        let title = Self.title(of: value, number: number)
        guard
            let section = YAMLSection(
                value,
                name: title,
                keys: Self.keys,
                elsewhere: SharedSections.homes,
                findings: &findings
            )
        else { return nil }
        for key in ["name", "host", "initial-advertise-peer-urls"] {
            section.require(key, findings: &findings)
        }
        place = section.place
        name = section.text("name", findings: &findings)
        if let name { findings.check(name, called: "member name", NameRules.memberFault) }
        host = section.text("host", findings: &findings)
        if let host { findings.check(host, called: "host", HostName.fault) }
        peerURLs = Self.urls("initial-advertise-peer-urls", section, "peer URL", &findings)
        clientURLs = Self.urls("advertise-client-urls", section, "client URL", &findings)
        let own = SharedSections(of: section, title: "of \(title)", findings: &findings)
        let merged = own.over(defaults)
        etcd = EtcdReading(merged.etcd, surroundings, findings: &findings)
        service = ServiceReading.read(merged.service, place: place, findings: &findings)
        endpoint = SSHReading.endpoint(
            of: host?.value ?? "",
            from: merged.ssh,
            surroundings: surroundings,
            findings: &findings
        )
    }

    /// The member, or nil where something that must be there is not.
    var member: InventoryMember? {
        guard let name, host != nil, !peerURLs.isEmpty else { return nil }
        return InventoryMember(
            member: Member(
                name: name.value,
                peerURLs: peerURLs.map(\.value),
                clientURLs: clientURLs.map(\.value)
            ),
            endpoint: endpoint,
            etcd: etcd.settings,
            service: service.value
        )
    }

    /// `member "etcd-1"`, or `member 1` where it has no name.
    private static func title(of value: YAMLValue, number: Int) -> String {
        if case .mapping(let entries) = value.content,
            let entry = entries.first(where: { $0.key.value == "name" }),
            case .scalar(let name) = entry.value.content, !name.isEmpty
        {
            return "member \(name.quotedForMessage)"
        }
        return "member \(number)"
    }

    private static func urls(
        _ key: String,
        _ section: YAMLSection,
        _ name: String,
        _ findings: inout Findings
    ) -> [Located<String>] {
        guard let urls = section.texts(key, findings: &findings) else { return [] }
        if urls.isEmpty, let value = section.value(key), value.content == .list([]) {
            findings.error("\"\(key)\" in \(section.name) has no URL", at: value.place)
        }
        return urls.filter { findings.check($0, called: name, EtcdURL.fault) }
    }
}
