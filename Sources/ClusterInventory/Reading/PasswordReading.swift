internal import RemoteHost

/// The passwords of an `ssh` section: `KEY: ask`, or `KEY-file` with a path; never themselves.
struct PasswordReading {
    private let section: YAMLSection
    private let surroundings: Surroundings

    init(_ section: YAMLSection, _ surroundings: Surroundings) {
        self.section = section
        self.surroundings = surroundings
    }

    /// What sudo is told, for a sudo that asks.
    func become(_ become: Become?, _ findings: inout Findings) -> SecretSource? {
        guard let source = source("become-password", &findings) else { return nil }
        if become != .sudo {
            findings.error(
                "\"\(source.key)\" in \(section.origin(of: source.key)) is for become: sudo",
                at: source.place,
                hint: become == .doas
                    ? "doas reads a password from a terminal only: its rule must say nopass"
                    : "set become: sudo, or leave it out"
            )
        }
        return source.value
    }

    /// What the hosts on the way are told.
    func jump(_ findings: inout Findings) -> SecretSource? {
        guard let source = source("jump-password", &findings) else { return nil }
        // a configuration may have a ProxyJump, and `jump: none` is against what holds for others
        if section.value("jump") == nil, section.value("config") == nil {
            findings.error(
                "\"\(source.key)\" in \(section.origin(of: source.key)) is for jump hosts, and "
                    + "there is none",
                at: source.place,
                hint: "name the way there as jump; for the members themselves it is password"
            )
        }
        return source.value
    }

    struct Source {
        var value: SecretSource
        var key: String
        var place: TextPlace
    }

    /// Where a password is had from; the nearer of the two keys where one is a default.
    func source(_ askKey: String, _ findings: inout Findings) -> Source? {
        let fileKey = askKey + "-file"
        let file = SSHReading.paths(fileKey, section, surroundings, &findings)?.first
        let asked = section.text(askKey, findings: &findings)
        if let asked, asked.value != "ask" {
            // it may be the password itself: it is not repeated
            findings.error(
                "\"\(askKey)\" in \(section.origin(of: askKey)) can only be ask",
                at: asked.place,
                hint: "a password stands in no inventory: write ask, or its file's name as "
                    + fileKey
            )
            return nil
        }
        let ask = asked.map { Source(value: .asked, key: askKey, place: $0.place) }
        guard let file, let place = section.value(fileKey)?.place else { return ask }
        let read = Source(value: .file(file), key: fileKey, place: place)
        guard let ask else { return read }
        let origins = [askKey, fileKey].map(section.origin)
        if origins[0] == origins[1] {
            findings.error(
                "both \"\(askKey)\" and \"\(fileKey)\" are set",
                at: place,
                hint: "ask a person, or read a file"
            )
        }
        return origins[0] == section.name && origins[1] != section.name ? ask : read
    }
}
