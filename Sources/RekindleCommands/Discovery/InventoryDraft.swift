import ClusterInventory
import RestorePlanning

/// An inventory as a text that a person goes on with: comments say what could not be known.
struct InventoryDraft: Sendable {
    var cluster: DiscoveredCluster
    var clusterName: String
    /// The `ssh` section, line by line, as it was given.
    var ssh: [String]
    /// Where it comes from: a date and hosts.
    var origin: String

    var text: String {
        let shared = SharedValues(cluster.members)
        var lines = [
            "# Made by `rekindle inventory discover` \(origin).",
            "# Look it over, above all the lines with a remark; then: rekindle check -i THIS-FILE",
            "",
            "cluster:",
            "  # Yours to choose: part of the names of runs, and what `restore` asks you to type.",
            "  name: \(YAMLText.quoted(clusterName))",
            "  initial-cluster-token: auto",
        ]
        if !shared.etcd.isEmpty {
            lines += ["", "etcd:"]
            lines += shared.etcd.map { "  \($0.key): \(YAMLText.quoted($0.value))" }
        }
        if let service = shared.service { lines += ["", "service: \(Self.inline(service))"] }
        if !ssh.isEmpty { lines += ["", "ssh:"] + ssh.map { "  \($0)" } }
        lines += ["", "members:"]
        for member in cluster.members { lines += self.lines(of: member, shared) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of member: DiscoveredMember, _ shared: SharedValues) -> [String] {
        // a remark may hold what a host said: never a second line
        var lines = member.remarks.map { "  # \(member.name): \($0)" }
            .map {
                "  # " + String(YAMLText.quoted(String($0.dropFirst(4))).dropFirst().dropLast())
            }
        lines += [
            "  - name: \(YAMLText.quoted(member.name))",
            "    host: \(YAMLText.quoted(member.host))",
            "    initial-advertise-peer-urls: \(Self.list(member.peerURLs))",
        ]
        if !member.clientURLs.isEmpty {
            lines.append("    advertise-client-urls: \(Self.list(member.clientURLs))")
        }
        // of one that was not asked nothing is known: the shared values are the best guess
        if let service = member.service {
            let own = SharedValues.pairs(member.etcd)
            let differing = EtcdKey.all.compactMap { key -> String? in
                let value = own.first { $0.key == key }?.value
                guard value != shared.etcd.first(where: { $0.key == key })?.value else {
                    return nil
                }
                return "\(key): \(value.map(YAMLText.quoted) ?? "~")"
            }
            if !differing.isEmpty {
                lines.append("    etcd: {\(differing.joined(separator: ", "))}")
            }
            if service != shared.service { lines.append("    service: \(Self.inline(service))") }
        }
        let login = [
            member.user.map { "user: \(YAMLText.quoted($0))" }, member.port.map { "port: \($0)" },
        ]
        .compactMap { $0 }
        if !login.isEmpty { lines.append("    ssh: {\(login.joined(separator: ", "))}") }
        return lines
    }

    private static func list(_ texts: [String]) -> String {
        "[\(texts.map(YAMLText.quoted).joined(separator: ", "))]"
    }

    private static func inline(_ service: ServiceSettings) -> String {
        service.kind == .staticPod
            ? "{kind: static-pod, manifest: \(YAMLText.quoted(service.words[0]))}"
            : "{kind: systemd, unit: \(YAMLText.quoted(service.unit))}"
    }
}

/// The keys of an `etcd` section, in the order in which they are written.
private enum EtcdKey {
    static let all = ["data-dir", "wal-dir", "user", "group", "bin-dir", "cacert", "cert", "key"]
}

/// What most members have, so that it is written once.
private struct SharedValues {
    var etcd: [(key: String, value: String)]
    var service: ServiceSettings?

    init(_ members: [DiscoveredMember]) {
        let asked = members.filter { $0.service != nil }
        etcd = EtcdKey.all.compactMap { key in
            let values = asked.compactMap { member in
                Self.pairs(member.etcd).first { $0.key == key }?.value
            }
            // a value that most do not have would have to be taken back for each of them
            guard let value = Self.commonest(values),
                values.count(where: { $0 == value }) * 2 > asked.count
            else { return nil }
            return (key, value)
        }
        service = Self.commonest(asked.compactMap(\.service))
    }

    static func pairs(_ etcd: EtcdSettings) -> [(key: String, value: String)] {
        let values = [
            etcd.dataDir, etcd.walDir, etcd.user, etcd.group, etcd.binDir, etcd.cacert, etcd.cert,
            etcd.key,
        ]
        return zip(EtcdKey.all, values).compactMap { key, value in value.map { (key, $0) } }
    }

    /// The first of those that are there most often.
    private static func commonest<Value: Hashable>(_ values: [Value]) -> Value? {
        var counts: [Value: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        let most = counts.values.max()
        return values.first { counts[$0] == most }
    }
}
