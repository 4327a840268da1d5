package import ClusterInventory
import EtcdModel
package import RemoteHost

/// What a look at a host that hooks act on has shown.
package enum HookFinding: Sendable {
    /// Which of the programs that were asked for are missing.
    case seen(isRoot: Bool, missing: [String])
    case unreachable(HostFailure)
    case unreadable(String)
}

/// The checks on the hosts that hooks act on.
package struct HookChecks {
    let inventory: Inventory
    let findings: [String: HookFinding]
    /// What it is where it does not hold: a restore without hooks needs none of these hosts.
    let verdict: Check.Verdict

    package init(
        inventory: Inventory,
        findings: [String: HookFinding],
        areNeeded: Bool = true
    ) {
        self.inventory = inventory
        self.findings = findings
        verdict = areNeeded ? .fails : .warns
    }

    /// Looks, and changes nothing: who it is, and which programs are missing.
    package static func look(for programs: [String]) -> RemoteCommand {
        .script(
            """
            id -u
            for program do command -v "$program" >/dev/null || printf 'missing=%s\\n' "$program"; done
            """,
            programs
        )
    }

    /// - Returns: nil for what is no answer.
    package static func read(_ output: String) -> HookFinding? {
        // a login shell may print before it
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        guard let user = lines.last(where: { !$0.isEmpty && $0.allSatisfy(\.isNumber) }) else {
            return nil
        }
        return .seen(
            isRoot: user == "0",
            missing: lines.filter { $0.hasPrefix("missing=") }
                .map { String($0.dropFirst("missing=".count)) }
        )
    }

    /// Of each host what the checks of the members do not say already.
    package func all() -> [Check] {
        findings.keys.sorted().flatMap { name -> [Check] in
            let isMember = inventory.members.contains { $0.member.name == name }
            switch findings[name] {
            case .seen(let isRoot, let missing):
                return (isMember ? [] : [reachable(name), root(name, isRoot)])
                    + programs(name, missing)
            case .unreachable(let failure):
                return isMember
                    ? []
                    : [
                        Check(
                            "reachable",
                            member: name,
                            verdict,
                            failure.message,
                            hint: failure.hint
                        )
                    ]
            case .unreadable(let why):
                return isMember
                    ? []
                    : [
                        Check(
                            "reachable",
                            member: name,
                            verdict,
                            why,
                            hint: "its login shell must run commands"
                        )
                    ]
            case nil: return []
            }
        }
    }

    private func reachable(_ name: String) -> Check {
        Check("reachable", member: name, .holds, "host of a group, host key verified")
    }

    private func root(_ name: String, _ isRoot: Bool) -> Check {
        isRoot
            ? Check("root", member: name, .holds, "commands run as root")
            : Check(
                "root",
                member: name,
                verdict,
                "commands do not run as root",
                hint: "set `become: sudo` under `ssh` in the inventory"
            )
    }

    private func programs(_ name: String, _ missing: [String]) -> [Check] {
        missing.isEmpty
            ? []
            : [
                Check(
                    "hook",
                    member: name,
                    verdict,
                    "missing: \(missing.joined(separator: ", "))",
                    hint: "a `run` of the playbook begins with it: install it there, or correct "
                        + "the playbook"
                )
            ]
    }
}
