/// Where a member's peers reach it: host and port of a peer URL.
struct PeerAddress: Sendable, Hashable {
    /// Without brackets.
    var host: String
    var port: Int

    /// nil where it is no `scheme://host:port`, which an inventory never holds.
    init?(_ url: String) {
        guard let separator = url.firstRange(of: "://") else { return nil }
        let authority = url[separator.upperBound...].prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":"),
            let port = Int(authority[authority.index(after: colon)...]), (1...65535).contains(port)
        else { return nil }
        self.port = port
        host = authority[..<colon].filter { $0 != "[" && $0 != "]" }
        if host.isEmpty { return nil }
    }

    /// What an `sshd` that stands in for etcd listens on.
    ///
    /// A name may mean another address on its own host (Debian has it as 127.0.1.1 in /etc/hosts): then
    /// it is every address.
    var listenLine: String {
        if isName { return "Port \(port)" }
        return "ListenAddress \(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Whether it is no address of either kind.
    var isName: Bool {
        !host.contains(":")
            && !host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    }
}
