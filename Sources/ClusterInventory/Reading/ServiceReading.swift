/// The `service` section, of the file or of one member.
enum ServiceReading {
    static let keys = ["kind", "unit", "manifest", "start", "stop", "status", "hold", "release"]

    /// Reads the settings; the place is that of the unit, where one is named, else the given one.
    static func read(
        _ section: YAMLSection?,
        place: TextPlace,
        findings: inout Findings
    ) -> Located<ServiceSettings> {
        var settings = ServiceSettings()
        guard let section else { return Located(settings, at: place) }
        let kind: Located<ServiceSettings.Kind>? = section.choice("kind", findings: &findings)
        settings.kind = kind?.value ?? settings.kind
        refuseStrangers(section, settings.kind, findings: &findings)
        switch settings.kind {
        case .systemd:
            guard let unit = section.text("unit", findings: &findings) else { break }
            if findings.check(unit, called: "unit", NameRules.unitFault) {
                settings.unit = unit.value
            }
            return Located(settings, at: unit.place)
        case .staticPod:
            settings.manifest = manifest(section, findings: &findings)
        case .commands:
            settings.commands = commands(section, findings: &findings)
        }
        return Located(settings, at: place)
    }

    private static func keys(of kind: ServiceSettings.Kind) -> [String] {
        switch kind {
        case .systemd: ["kind", "unit"]
        case .staticPod: ["kind", "manifest"]
        case .commands: ["kind", "start", "stop", "status", "hold", "release"]
        }
    }

    /// What is of another kind would be read and do nothing.
    private static func refuseStrangers(
        _ section: YAMLSection,
        _ kind: ServiceSettings.Kind,
        findings: inout Findings
    ) {
        // what the file says for all members counts for those of its own kind
        for key in section.keys
        where keys.contains(key.value) && !keys(of: kind).contains(key.value)
            && section.origin(of: key.value) == section.origin(of: "kind")
        {
            let owner = ServiceSettings.Kind.allCases.first { keys(of: $0).contains(key.value) }
            findings.error(
                "\"\(key.value)\" is for a service of kind \(owner?.rawValue ?? ""), and this one is of "
                    + "kind \(kind.rawValue)",
                at: key.place,
                hint:
                    "a service of kind \(kind.rawValue) has: \(keys(of: kind).joined(separator: ", "))"
            )
        }
    }

    private static func manifest(_ section: YAMLSection, findings: inout Findings) -> String {
        guard let path = section.text("manifest", findings: &findings) else {
            return ServiceSettings.usualManifest
        }
        let parts = path.value.split(separator: "/", omittingEmptySubsequences: false)
        if findings.check(path, called: "manifest", HostPath.fault), parts.count < 4 {
            findings.error(
                "the manifest's directory must lie in another: it is moved beside that directory",
                at: path.place,
                hint: "as \(ServiceSettings.usualManifest)"
            )
        }
        return path.value
    }

    private static func commands(
        _ section: YAMLSection,
        findings: inout Findings
    ) -> ServiceCommands {
        func words(_ key: String, isNeeded: Bool) -> [String] {
            guard let words = section.texts(key, findings: &findings)?.map(\.value) else {
                if isNeeded {
                    section.require(key, hint: "as [PROGRAM, ARGUMENT, …]", findings: &findings)
                }
                return []
            }
            if words.isEmpty {
                findings.error(
                    "\"\(key)\" is empty",
                    at: section.place,
                    hint: "as [PROGRAM, ARGUMENT, …]"
                )
            }
            return words
        }
        let commands = ServiceCommands(
            start: words("start", isNeeded: true),
            stop: words("stop", isNeeded: true),
            status: words("status", isNeeded: true),
            hold: words("hold", isNeeded: false),
            release: words("release", isNeeded: false)
        )
        if commands.hold.isEmpty != commands.release.isEmpty {
            findings.error(
                "\"hold\" and \"release\" belong together",
                at: section.place,
                hint: "what keeps etcd from being started must be taken back: give both, or none"
            )
        }
        return commands
    }
}
