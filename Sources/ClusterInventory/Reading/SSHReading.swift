internal import RemoteHost

/// The `ssh` section, of the file or of one member.
enum SSHReading {
    static let keys = [
        "user", "port", "identity-files", "password", "password-file", "known-hosts", "jump",
        "jump-password", "jump-password-file", "config", "become", "become-password",
        "become-password-file", "legacy",
    ]

    /// Reads the settings that lead to one host.
    static func endpoint(
        of host: String,
        from section: YAMLSection?,
        surroundings: Surroundings,
        findings: inout Findings
    ) -> HostEndpoint {
        let standard = ["\(surroundings.home)/.ssh/known_hosts"]
        guard let section else {
            return HostEndpoint(host: host, user: surroundings.user, knownHostsFiles: standard)
        }
        let user = section.text("user", findings: &findings)
        if let user { findings.check(user, called: "ssh user", NameRules.loginFault) }
        let port = section.number("port", in: 1...65535, findings: &findings)
        let become: Located<Become>? = section.choice("become", findings: &findings)
        let passwords = PasswordReading(section, surroundings)
        let endpoint = HostEndpoint(
            host: host,
            port: port.flatMap { UInt16(exactly: $0.value) } ?? 22,
            user: user?.value ?? surroundings.user,
            identityFiles: paths("identity-files", section, surroundings, &findings) ?? [],
            knownHostsFiles: paths("known-hosts", section, surroundings, &findings) ?? standard,
            become: become?.value ?? .none,
            jumps: JumpReading.jumps(
                section,
                standardUser: user?.value ?? surroundings.user,
                findings: &findings
            ),
            becomePassword: passwords.become(become?.value, &findings),
            password: passwords.source("password", &findings)?.value,
            jumpPassword: passwords.jump(&findings),
            legacy: section.isOn("legacy", findings: &findings)?.value == true ? true : nil
        )
        return SSHConfigReading(section, surroundings: surroundings, findings: &findings)?
            .completed(endpoint, findings: &findings) ?? endpoint
    }

    static func paths(
        _ key: String,
        _ section: YAMLSection,
        _ surroundings: Surroundings,
        _ findings: inout Findings
    ) -> [String]? {
        let given = section.texts(key, orSingle: true, findings: &findings)
        if let given, given.isEmpty, key == "known-hosts", let value = section.value(key) {
            findings.error(
                "\"known-hosts\" in \(section.origin(of: key)) names no file",
                at: value.place,
                hint: "host keys are always verified; leave it out for ~/.ssh/known_hosts"
            )
        }
        return given?.compactMap { path in
            guard !path.value.hasControl, let absolute = surroundings.absolute(path.value) else {
                findings.error(
                    "\"\(key)\" in \(section.origin(of: key)) has a path that cannot be used: "
                        + path.value.quotedForMessage,
                    at: path.place,
                    hint: "begin it with \"/\" or \"~/\", or write it relative to this file"
                )
                return nil
            }
            return absolute
        }
    }
}
