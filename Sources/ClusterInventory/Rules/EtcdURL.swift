/// A URL as etcd takes it for a peer or a client: `http` or `https`, a host and a port, no more.
///
/// etcd's own rule (`types.NewURLs`), and what makes the string that it hashes into the member's
/// ID differ from the string that is written here.
struct EtcdURL: Hashable {
    var scheme: String
    /// Without brackets.
    var host: String
    var port: UInt16

    init(_ text: String) throws(Fault) {
        if text.contains("@") {
            throw Fault(
                "has user information before an \"@\"",
                hint: "etcd's URLs name a host and a port only",
                mayShowValue: false
            )
        }
        if text.hasBlankOrControl { throw Fault("has a blank or control character in it") }
        if text.contains(",") {
            throw Fault("is more than one URL", hint: "write them as a list: [one, two]")
        }
        guard let separator = text.firstRange(of: "://") else {
            throw Fault("has no scheme", hint: "write http:// or https:// before it")
        }
        scheme = try Self.scheme(text[..<separator.lowerBound])
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        if let end = rest.dropFirst(authority.count).first {
            throw Self.tailFault(end, rest: rest, plain: "\(scheme)://\(authority)")
        }
        (host, port) = try Self.hostAndPort(String(authority), scheme: scheme)
    }

    static func fault(_ text: String) -> Fault? {
        do {
            _ = try EtcdURL(text)
            return nil
        } catch {
            return error
        }
    }

    /// What two URLs share when they lead to the same place.
    var address: String { "\(host.lowercased()) \(port)" }

    private static func scheme(_ text: Substring) throws(Fault) -> String {
        switch text {
        case "http", "https":
            return String(text)
        case "unix", "unixs":
            throw Fault(
                "is a unix socket, which no other host can reach",
                hint: "use http or https"
            )
        case _ where ["http", "https"].contains(text.lowercased()):
            throw Fault(
                "has its scheme in capitals",
                hint: "write \(text.lowercased())://; etcd hashes the URL as it is written"
            )
        default:
            throw Fault(
                "has the scheme \(String(text).quotedForMessage)",
                hint: "use http or https"
            )
        }
    }

    private static func tailFault(_ end: Character, rest: Substring, plain: String) -> Fault {
        let hint = "write \"\(plain)\""
        return switch end {
        case "?": Fault("has a query", hint: hint)
        case "#": Fault("has a fragment", hint: hint)
        case _ where rest.hasSuffix("/") && rest.count(where: { $0 == "/" }) == 1:
            Fault("ends in a slash", hint: hint)
        default: Fault("has a path", hint: hint)
        }
    }

    private static func hostAndPort(
        _ authority: String,
        scheme: String
    ) throws(Fault) -> (String, UInt16) {
        var host = authority[...]
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]"),
                HostName.isIPv6(
                    String(authority[authority.index(after: authority.startIndex)..<end])
                )
            else { throw Fault("has no IPv6 address in its brackets") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            port = rest.hasPrefix(":") ? rest.dropFirst() : nil
        } else if HostName.isIPv6(authority) {
            throw Fault(
                "has an IPv6 address without brackets",
                hint: "write \(scheme)://[address]:port"
            )
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { throw Fault("has no host") }
        guard let port, !port.isEmpty else {
            throw Fault("has no port", hint: "etcd's own are 2379 for clients and 2380 for peers")
        }
        guard let number = UInt16(port), number > 0, String(number) == port else {
            throw Fault("has the port \(String(port).quotedForMessage)", hint: "use 1 to 65535")
        }
        if !authority.hasPrefix("["), host.contains(":") || HostName.fault(String(host)) != nil {
            throw Fault("has a host that is neither a name nor an address")
        }
        return (String(host), number)
    }
}
