package import RemoteHost

/// What `inventory sudoers` says: the rules that let users who are not root do all that a run does.
package struct SudoersText {
    /// A way to become root, and where it is gone.
    private struct Rule: Hashable {
        var user: String
        var become: Become
        var asksPassword: Bool
    }

    private var rules: [(rule: Rule, hosts: [String])] = []

    /// - Parameter hosts: of the inventory, each with how it is reached.
    package init(_ hosts: [(name: String, endpoint: HostEndpoint)]) {
        for (name, endpoint) in hosts where endpoint.become != .none {
            let rule = Rule(
                user: endpoint.user,
                become: endpoint.become,
                asksPassword: endpoint.becomePassword != nil
            )
            if let index = rules.firstIndex(where: { $0.rule == rule }) {
                rules[index].hosts.append(name)
            } else {
                rules.append((rule, [name]))
            }
        }
    }

    /// Whether no host of the inventory needs one.
    package var isEmpty: Bool { rules.isEmpty }

    /// A user that sudoers takes for something else: all in capitals it is an alias or `ALL`, and
    /// behind `#` or `%` a number or a group.
    package var ambiguousUser: String? {
        rules.map(\.rule.user).first { user in
            user.hasPrefix("#") || user.hasPrefix("%")
                || user.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
        }
    }

    /// One file after the other; as many as there are kinds of rules.
    package var text: String {
        rules.map { rule, hosts in
            switch rule.become {
            case .doas: Self.doas(rule, hosts)
            case .sudo, .none: Self.sudo(rule, hosts)
            }
        }
        .joined(separator: "\n")
    }

    private static func sudo(_ rule: Rule, _ hosts: [String]) -> String {
        let user = escaped(rule.user)
        let tag = rule.asksPassword ? "" : "NOPASSWD: "
        let line = "sudo \(rule.asksPassword ? "-S -p QUESTION" : "-n") -- COMMAND"
        return """
            # /etc/sudoers.d/rekindle on \(hosts.joined(separator: ", ")); mode 0440, checked by `visudo -cf`.
            #
            # Rekindle runs `\(line)`. Nearly every COMMAND is `sh -c` with a script: it
            # renames data, runs etcdctl as root and stops services. So this is a root shell, and a
            # list of single programs would be one too, as it had to have sh, mv and systemctl in it.
            # What makes it narrow is around it: a key of its own for \(printable(rule.user)), `from="ADDRESS"` before
            # that key in authorized_keys, and this file only for as long as it is needed, which is
            # until `rekindle clean`: a rollback needs it, too. sudo logs every command, but must not
            # record what goes in and out (`log_input`, `log_output`): that is the whole snapshot.
            Defaults:\(user) !requiretty, !log_input, !log_output
            \(user) ALL=(root) \(tag)NOLOG_INPUT: NOLOG_OUTPUT: ALL

            """
    }

    private static func doas(_ rule: Rule, _ hosts: [String]) -> String {
        let plain = rule.user.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
        let quoted = rule.user.rewriting { $0 == "\\" || $0 == "\"" ? "\\\($0)" : nil }
        return """
            # A line of /etc/doas.conf on \(hosts.joined(separator: ", ")); checked by `doas -C /etc/doas.conf`.
            #
            # Rekindle runs `doas -n -- COMMAND`, nearly always `sh -c` with a script: this is a root shell.
            # doas asks for a password at a terminal only, and there is none.
            permit nopass \(plain ? rule.user : "\"\(quoted)\"") as root

            """
    }

    /// sudoers(5): whatever may mean something else in a user's name has a backslash before it.
    private static func escaped(_ user: String) -> String {
        user.rewriting { scalar in
            let isPlain =
                !scalar.isASCII || scalar.properties.isAlphabetic
                || scalar.properties.numericType != nil
                || "._-$".unicodeScalars.contains(scalar)
            return isPlain ? nil : "\\\(scalar)"
        }
    }

    private static func printable(_ user: String) -> String { VisibleText.escaped(user) }
}
