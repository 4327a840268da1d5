internal import RemoteHost

/// `config` of an `ssh` section: a configuration of OpenSSH fills in what the section leaves out.
struct SSHConfigReading {
    private let section: YAMLSection
    private let file: Located<String>
    private let surroundings: Surroundings

    /// - Returns: nil where no configuration is asked for, which is the default.
    init?(_ section: YAMLSection, surroundings: Surroundings, findings: inout Findings) {
        guard let given = section.text("config", findings: &findings), given.value != "none"
        else { return nil }
        guard !given.value.hasControl, let path = surroundings.absolute(given.value) else {
            findings.error(
                "\"config\" in \(section.origin(of: "config")) has a path that cannot be used: "
                    + given.value.quotedForMessage,
                at: given.place,
                hint: "write ~/.ssh/config, another file, or none"
            )
            return nil
        }
        self.section = section
        self.surroundings = surroundings
        file = Located(path, at: given.place)
    }

    /// The endpoint with what the configuration adds; as it was where that cannot be followed.
    func completed(_ endpoint: HostEndpoint, findings: inout Findings) -> HostEndpoint {
        // a name that is wrong is told already, and may be an option of ssh
        guard HostName.fault(endpoint.host) == nil, !endpoint.host.isEmpty else { return endpoint }
        do throws(Fault) {
            return try filled(endpoint)
        } catch {
            findings.error(
                "\"config\" in \(section.origin(of: "config")): \(error.message)",
                at: file.place,
                hint: error.hint
            )
            return endpoint
        }
    }

    private func has(_ key: String) -> Bool { section.value(key) != nil }

    private func filled(_ given: HostEndpoint) throws(Fault) -> HostEndpoint {
        let answer = try ask(
            given.host,
            user: has("user") ? given.user : nil,
            port: has("port") ? given.port : nil
        )
        var endpoint = given
        var words = words(answer, for: given.host)
        func take<Value: Equatable>(
            _ path: WritableKeyPath<HostEndpoint, Value>,
            _ value: Value,
            _ name: String
        ) {
            guard endpoint[keyPath: path] != value else { return }
            endpoint[keyPath: path] = value
            words.settings.append(name)
        }
        take(\.host, answer.host, "host")
        take(\.user, answer.user, "user")
        take(\.port, answer.port, "port")
        if !has("identity-files") { take(\.identityFiles, answer.identityFiles, "identity-files") }
        if !has("known-hosts") { take(\.knownHostsFiles, answer.knownHostsFiles, "known-hosts") }
        if has("jump") {
            endpoint.jumps = try way(ownHops(given.user), given).nilIfEmpty
        } else if let proxyJump = answer.proxyJump {
            take(\.jumps, try way(try hops(proxyJump), given), "jump")
        } else if answer.hasProxyCommand {
            throw Self.proxyCommand(given.host)
        }
        endpoint.config = words
        return endpoint
    }

    private func words(_ answer: SSHConfigAnswer, for host: String) -> SSHConfigWords {
        SSHConfigWords(
            file: file.value,
            host: host,
            hostKeyAlias: answer.hostKeyAlias,
            identitiesOnly: answer.identitiesOnly,
            identityAgent: answer.identityAgent
        )
    }

    private func ask(
        _ host: String,
        user: String?,
        port: UInt16?
    ) throws(Fault) -> SSHConfigAnswer {
        let question = OpenSSHLookup.Question(
            file: file.value,
            host: host,
            user: user,
            port: port
        )
        switch surroundings.openSSH.answer(question) {
        case .failure(let problem): throw Fault(problem.fact, hint: problem.hint)
        case .success(let text):
            do throws(Fault) {
                return try SSHConfigAnswer(text, to: question, surroundings)
            } catch {
                throw Fault(
                    "\(host) \(error.message)",
                    hint: error.hint ?? "see `ssh -G -F \(file.value) \(host)`"
                )
            }
        }
    }

    private static func proxyCommand(_ host: String) -> Fault {
        Fault(
            "\(host) has a ProxyCommand, which Rekindle does not run",
            hint: "use ProxyJump there, or `jump` here; `jump: none` goes without (docs/SSH.md)"
        )
    }

    // MARK: the way

    /// One host on the way as it is written, before the configuration is asked for it.
    private struct Hop {
        var host: String
        var user: String?
        var port: UInt16?
        /// Who logs in where neither it nor the configuration says so.
        var standardUser: String?
    }

    /// The inventory's; what is wrong with them is told already.
    private func ownHops(_ standardUser: String) -> [Hop] {
        JumpReading.hops(section).compactMap { text in
            guard case .success(let parts) = JumpReading.parts(text) else { return nil }
            return Hop(
                host: parts.host,
                user: parts.user,
                port: parts.port,
                standardUser: standardUser
            )
        }
    }

    private func hops(_ proxyJump: String) throws(Fault) -> [Hop] {
        var hops: [Hop] = []
        for text in proxyJump.split(separator: ",", omittingEmptySubsequences: false) {
            switch JumpReading.parts(String(text)) {
            case .success(let parts):
                hops.append(Hop(host: parts.host, user: parts.user, port: parts.port))
            case .failure(let fault):
                throw Fault(
                    "the ProxyJump \(String(text).quotedForMessage) \(fault.message)",
                    hint: fault.hint
                )
            }
        }
        return hops
    }

    /// Each host looked up; a ProxyJump of the first one's own goes before it, as with `ssh -J`.
    private func way(
        _ hops: [Hop],
        _ given: HostEndpoint,
        behind: Int = 0
    ) throws(Fault) -> [JumpHost] {
        guard hops.count + behind <= JumpReading.most else {
            throw Fault(
                "there are more than \(JumpReading.most) jump hosts before \(given.host)",
                hint: "does a ProxyJump lead back to itself, as one under `Host *` does?"
            )
        }
        var way: [JumpHost] = []
        for (index, hop) in hops.enumerated() {
            let answer = try ask(hop.host, user: hop.user, port: hop.port)
            if index == 0, let before = answer.proxyJump {
                way = try self.way(try self.hops(before), given, behind: behind + hops.count)
            } else if index == 0, answer.hasProxyCommand {
                throw Self.proxyCommand(hop.host)
            }
            way.append(jumpHost(hop, answer, given))
        }
        return way
    }

    private func jumpHost(_ hop: Hop, _ answer: SSHConfigAnswer, _ given: HostEndpoint) -> JumpHost
    {
        let isNobodys = hop.user == nil && answer.user == surroundings.user
        return JumpHost(
            host: answer.host,
            port: answer.port,
            user: isNobodys ? hop.standardUser ?? answer.user : answer.user,
            own: JumpHost.Own(
                identityFiles: has("identity-files") ? given.identityFiles : answer.identityFiles,
                knownHostsFiles: has("known-hosts")
                    ? given.knownHostsFiles : answer.knownHostsFiles,
                config: words(answer, for: hop.host)
            )
        )
    }
}

extension [JumpHost] {
    fileprivate var nilIfEmpty: [JumpHost]? { isEmpty ? nil : self }
}
