import EtcdModel
import RemoteHost

extension Inventory {
    /// The same with one member on another host; nil where none of its peer URLs names the old one.
    ///
    /// URLs that name the old host name the new one then; all else of the member stays.
    package func moving(_ name: String, to host: String) -> Inventory? {
        guard let index = members.firstIndex(where: { $0.member.name == name }) else { return nil }
        var moved = members[index]
        let old = moved.endpoint.host
        func renamed(_ text: String) -> String {
            guard let url = try? EtcdURL(text), url.host == old else { return text }
            return "\(url.scheme)://\(host.contains(":") ? "[\(host)]" : host):\(url.port)"
        }
        let member = moved.member
        moved.member = Member(
            name: name,
            peerURLs: member.peerURLs.map(renamed),
            clientURLs: member.clientURLs.map(renamed)
        )
        guard moved.member.peerURLs != member.peerURLs else { return nil }
        moved.endpoint.host = host
        var inventory = self
        inventory.members[index] = moved
        return inventory
    }

    /// What a member shares with another one of its host, as the end of a sentence; nil for nothing.
    ///
    /// The file's rules hold for what is written there; this is for what was moved since.
    package func conflict(of name: String) -> String? {
        guard let mine = members.first(where: { $0.member.name == name }) else { return nil }
        for other in members where other.member.name != name {
            let named = "\(other.member.name) is on \(other.endpoint.host)"
            let shared = mine.addresses.intersection(other.addresses)
            if let one = shared.min() { return "\(named), and has \(one)" }
            guard mine.endpoint.host == other.endpoint.host,
                mine.endpoint.port == other.endpoint.port
            else { continue }
            if mine.service == other.service { return "\(named), and is \(other.service.title)" }
            let directories = other.directories.filter { theirs in
                mine.directories.contains {
                    HostPath.isInside($0, theirs) || HostPath.isInside(theirs, $0)
                }
            }
            if let one = directories.first { return "\(named), and its data is in \(one)" }
        }
        return nil
    }
}

extension InventoryMember {
    /// Where its URLs lead to.
    fileprivate var addresses: Set<String> {
        Set(
            (member.peerURLs + member.clientURLs).compactMap { text in
                (try? EtcdURL(text)).map { "\($0.host.lowercased()) port \($0.port)" }
            }
        )
    }

    fileprivate var directories: [String] { [etcd.dataDir, etcd.walDir].compactMap { $0 } }
}
