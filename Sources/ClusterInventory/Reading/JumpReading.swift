internal import RemoteHost

/// `jump` of an `ssh` section: the hosts on the way, as OpenSSH's ProxyJump has them, or a list.
enum JumpReading {
    /// More than anybody has; a list that was pasted by mistake has more.
    static let most = 8

    /// Whoever logs in on the member logs in on the way, where nobody else is named.
    static func jumps(
        _ section: YAMLSection,
        standardUser: String,
        findings: inout Findings
    ) -> [JumpHost]? {
        guard let given = section.texts("jump", orSingle: true, findings: &findings) else {
            return nil
        }
        let hops = given.flatMap { text in
            text.value.split(separator: ",", omittingEmptySubsequences: false)
                .map { Located(String($0), at: text.place) }
        }
        // as in ssh_config: against what holds for all others
        if hops.map(\.value) == ["none"] { return nil }
        let origin = section.origin(of: "jump")
        var jumps: [JumpHost] = []
        for hop in hops {
            switch jump(hop.value, standardUser) {
            case .success(let jump): jumps.append(jump)
            case .failure(let fault):
                findings.error(
                    "\"jump\" in \(origin): \(hop.value.quotedForMessage) \(fault.message)",
                    at: hop.place,
                    hint: fault.hint
                        ?? "write user@host, user@host:port, or a list of them from here outwards"
                )
            }
        }
        if hops.count > most, let place = hops.first?.place {
            findings.error(
                "\"jump\" in \(origin) has \(hops.count) hosts; \(most) is the most",
                at: place,
                hint: "give those on the way to this one member"
            )
        }
        return jumps.isEmpty ? nil : jumps
    }

    /// As they are written, one by one; none where it says so, or is not a list of texts.
    static func hops(_ section: YAMLSection) -> [String] {
        var untold = Findings(file: "")
        let texts = section.texts("jump", orSingle: true, findings: &untold) ?? []
        let hops = texts.flatMap { text in
            text.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return hops == ["none"] ? [] : hops
    }

    private static func jump(_ text: String, _ user: String) -> Result<JumpHost, Fault> {
        parts(text).map { parts in
            JumpHost(host: parts.host, port: parts.port ?? 22, user: parts.user ?? user)
        }
    }

    struct Parts {
        var user: String?
        var host: String
        var port: UInt16?
    }

    /// `user@host:port` apart; an IPv6 address with a port is in brackets.
    static func parts(_ text: String) -> Result<Parts, Fault> {
        var user: String?
        var place = Substring(text)
        // the last one: a user may have one of its own
        if let at = text.lastIndex(of: "@") {
            let name = String(text[..<at])
            user = name
            place = text[text.index(after: at)...]
            if let fault = NameRules.loginFault(name) { return .failure(fault) }
        }
        var port: UInt16?
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
            let rest = place[place.index(after: end)...]
            place = place[place.index(after: place.startIndex)..<end]
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()), number > 0 else {
                    return .failure(Fault("has no port behind its brackets"))
                }
                port = number
            }
        } else if let colon = place.firstIndex(of: ":"), place.lastIndex(of: ":") == colon {
            guard let number = UInt16(place[place.index(after: colon)...]), number > 0 else {
                return .failure(Fault("has no port behind its colon"))
            }
            port = number
            place = place[..<colon]
        }
        let host = String(place)
        if host.isEmpty { return .failure(Fault("names no host")) }
        if let fault = HostName.fault(host) { return .failure(fault) }
        return .success(Parts(user: user, host: host, port: port))
    }
}
