import EtcdModel
import RemoteHost

extension Inventory {
    /// The same with one member on another host; nil where none of its URLs names the old one.
    ///
    /// URLs that name the old host name the new one then; all else of the member stays.
    package func moving(_ name: String, to host: String) -> Inventory? {
        guard let index = members.firstIndex(where: { $0.member.name == name }) else { return nil }
        var moved = members[index]
        let old = moved.endpoint.host
        func renamed(_ url: String) -> String {
            for form in [old, "[\(old)]"] {
                guard let range = url.firstRange(of: "://\(form)") else { continue }
                let rest = url[range.upperBound...]
                guard rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix("/") else { continue }
                let new = host.contains(":") ? "[\(host)]" : host
                return url[..<range.lowerBound] + "://\(new)" + rest
            }
            return url
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
}
