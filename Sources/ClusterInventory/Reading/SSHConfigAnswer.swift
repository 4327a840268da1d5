/// What `ssh -G` says of one host, as far as it is of use here.
struct SSHConfigAnswer {
    /// HostName: an address, a name, or what was asked for.
    let host: String
    let port: UInt16
    let user: String
    let identityFiles: [String]
    /// The user's files, then those of the machine: `@revoked` may be in any of them.
    let knownHostsFiles: [String]
    /// As it is written there: `a,ops@b:2222`.
    let proxyJump: String?
    let hasProxyCommand: Bool
    let hostKeyAlias: String?
    let identitiesOnly: Bool
    let identityAgent: String?

    /// - Throws: what is there and cannot be followed, as the end of a sentence.
    init(
        _ text: String,
        to question: OpenSSHLookup.Question,
        _ surroundings: Surroundings
    ) throws(Fault) {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: " ", maxSplits: 1).map(String.init)
        }
        func all(_ key: String) -> [String] {
            lines.filter { $0.count == 2 && $0[0] == key && $0[1] != "none" }.map { $0[1] }
        }
        func words(_ key: String) -> [String] {
            all(key).flatMap { $0.split(separator: " ").map(String.init) }
        }
        guard let host = all("hostname").first, let user = all("user").first,
            let port = all("port").first.flatMap(UInt16.init), port > 0
        else { throw Fault("gets no answer that has a host, a port and a user") }
        if let fault = HostName.fault(host) {
            throw Fault("has the HostName \(host.quotedForMessage), which \(fault.message)")
        }
        if let fault = NameRules.loginFault(user) {
            throw Fault("has the User \(user.quotedForMessage), which \(fault.message)")
        }
        if let list = all("revokedhostkeys").first {
            throw Fault(
                "has RevokedHostKeys \(list), which Rekindle cannot read",
                hint: "write these keys into known_hosts, as lines of @revoked"
            )
        }
        (self.host, self.port, self.user) = (host, port, user)
        let tokens = [
            "d": surroundings.home, "u": surroundings.user, "r": user, "h": host,
            "n": question.host, "p": "\(port)", "%": "%",
        ]
        func path(_ text: String, _ key: String) throws(Fault) -> String {
            try Self.path(text, key, tokens, home: surroundings.home)
        }
        var identityFiles: [String] = []
        for text in all("identityfile") {
            let file = try path(text, "IdentityFile")
            // printed where none is named, whether they are there or not
            if text.hasPrefix("~/.ssh/id_"), !surroundings.openSSH.exists(file) { continue }
            identityFiles.append(file)
        }
        self.identityFiles = identityFiles
        var knownHostsFiles: [String] = []
        for (key, name) in [
            ("userknownhostsfile", "UserKnownHostsFile"),
            ("globalknownhostsfile", "GlobalKnownHostsFile"),
        ] {
            for text in words(key) { knownHostsFiles.append(try path(text, name)) }
        }
        self.knownHostsFiles = knownHostsFiles
        proxyJump = all("proxyjump").first
        hasProxyCommand = !all("proxycommand").isEmpty
        hostKeyAlias = all("hostkeyalias").first
        if let hostKeyAlias, let fault = HostName.fault(hostKeyAlias) {
            throw Fault(
                "has the HostKeyAlias \(hostKeyAlias.quotedForMessage), which \(fault.message)"
            )
        }
        identitiesOnly = all("identitiesonly") == ["yes"]
        let agent = lines.last { $0.first == "identityagent" }?.last
        identityAgent =
            switch agent {
            case nil, "SSH_AUTH_SOCK": nil
            case "none": "none"
            case let text?: try path(text, "IdentityAgent")
            }
    }

    /// `ssh -G` leaves `~` and the tokens of ssh_config(5) as they are written.
    private static func path(
        _ text: String,
        _ key: String,
        _ tokens: [String: String],
        home: String
    ) throws(Fault) -> String {
        func fault(_ why: String) -> Fault {
            Fault(
                "has the \(key) \(text.quotedForMessage), \(why)",
                hint: "name it in the inventory, or write the whole path there"
            )
        }
        var result = text.hasPrefix("~/") ? home + "/" : ""
        var rest = text.dropFirst(text.hasPrefix("~/") ? 2 : 0)
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            guard let token = rest.popFirst(), let value = tokens[String(token)] else {
                throw fault("with a token that Rekindle does not know")
            }
            result += value
        }
        guard result.hasPrefix("/"), !result.hasControl, !result.contains("${") else {
            throw fault("which is not an absolute path without variables")
        }
        return result
    }
}
