/// The `notify` section.
enum NotifyReading {
    static let keys = ["url", "when", "secret-file", "secret-env", "timeout", "retries"]

    static func read(
        _ value: YAMLValue?,
        surroundings: Surroundings,
        findings: inout Findings
    ) -> NotifySettings? {
        guard let value,
            let section = YAMLSection(value, name: "notify", keys: keys, findings: &findings)
        else { return nil }
        section.require(
            "url",
            hint: "the address that takes a POST with JSON, as https://hooks.example.org/drills",
            findings: &findings
        )
        let url = section.text("url", findings: &findings)
        let when: Located<NotifySettings.Occasion>? = section.choice("when", findings: &findings)
        let secret = secret(section, surroundings, &findings)
        let timeout = section.duration("timeout", findings: &findings)
        let retries = section.number("retries", in: 0...20, findings: &findings)
        if let timeout, timeout.value > .seconds(600) {
            findings.error(
                "\"timeout\" in notify is longer than ten minutes",
                at: timeout.place,
                hint: "it is for one try; a webhook that works answers within seconds"
            )
        }
        guard let url,
            findings.check(
                url,
                called: "notify url",
                { WebhookURL.fault($0, hasSecret: secret != nil) }
            )
        else { return nil }
        var settings = NotifySettings(url: url.value, secret: secret)
        settings.when = when?.value ?? settings.when
        settings.timeout = timeout?.value ?? settings.timeout
        settings.retries = retries?.value ?? settings.retries
        return settings
    }

    private static func secret(
        _ section: YAMLSection,
        _ surroundings: Surroundings,
        _ findings: inout Findings
    ) -> NotifySettings.Secret? {
        let file = section.text("secret-file", findings: &findings)
        let variable = section.text("secret-env", findings: &findings)
        if file != nil, let variable {
            findings.error(
                "notify has both \"secret-file\" and \"secret-env\"",
                at: variable.place,
                hint: "keep one of them"
            )
        }
        if let file {
            guard !file.value.hasControl, let path = surroundings.absolute(file.value) else {
                findings.error(
                    "\"secret-file\" in notify has a path that cannot be used: "
                        + file.value.quotedForMessage,
                    at: file.place,
                    hint: "begin it with \"/\" or \"~/\", or write it relative to this file"
                )
                return nil
            }
            return .file(path)
        }
        guard let variable, findings.check(variable, called: "secret-env", variableFault) else {
            return nil
        }
        return .environment(variable.value)
    }

    /// The name of a variable (POSIX.1-2017, 8.1); a secret written in its place is not repeated.
    private static func variableFault(_ name: String) -> Fault? {
        let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        if isName, name.first?.isNumber == false { return nil }
        return Fault(
            "is not the name of a variable",
            hint: "write the variable's name here, as REKINDLE_NOTIFY_SECRET, and never the secret",
            mayShowValue: false
        )
    }
}
