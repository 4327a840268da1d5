/// The address of a webhook: `http` or `https`, a host, and whatever its service wants behind it.
enum WebhookURL {
    /// What is wrong with it; the value is never repeated, because its path may be a secret.
    static func fault(_ text: String, hasSecret: Bool) -> Fault? {
        func fault(_ message: String, _ hint: String? = nil) -> Fault {
            Fault(message, hint: hint, mayShowValue: false)
        }
        if text.hasBlankOrControl { return fault("has a blank or control character in it") }
        guard text.unicodeScalars.allSatisfy(\.isASCII) else {
            return fault("has a character that is not ASCII", "write it percent-encoded")
        }
        guard let separator = text.firstRange(of: "://"),
            ["http", "https"].contains(text[..<separator.lowerBound])
        else { return fault("is neither https:// nor http://", "use https") }
        let authority = text[separator.upperBound...].prefix { !"/?#".contains($0) }
        if authority.contains("@") {
            return fault(
                "has user information before an \"@\"",
                "give the secret with \"secret-file\" or \"secret-env\""
            )
        }
        guard let (host, port) = parts(authority), !host.isEmpty,
            HostName.fault(host) == nil || HostName.isIPv6(host)
        else { return fault("has no host") }
        if let port, UInt16(port).map({ $0 == 0 }) ?? true {
            return fault("has a port that is none", "use 1 to 65535")
        }
        if hasSecret, text.hasPrefix("http://"), !isLoopback(host) {
            return fault(
                "would carry the secret over the network in the clear",
                "use https, or leave the secret out"
            )
        }
        return nil
    }

    /// Host and port; nil for brackets that are not closed.
    private static func parts(_ authority: Substring) -> (host: String, port: Substring?)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            let host = String(authority[..<end].dropFirst())
            return (host, rest.isEmpty ? nil : rest.dropFirst())
        }
        guard let colon = authority.firstIndex(of: ":") else { return (String(authority), nil) }
        return (String(authority[..<colon]), authority[authority.index(after: colon)...])
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || HostName.isIPv4(host) && host.hasPrefix("127.")
    }
}
