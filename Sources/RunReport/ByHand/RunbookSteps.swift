import EtcdModel
import RemoteHost
import RestorePlanning

/// The steps of a runbook: per stage, who does what, with the commands to type.
struct RunbookSteps {
    let plan: Plan
    /// Before the numbers, to tell a rollback's steps from a restore's.
    let prefix: String

    var text: String {
        plan.steps.enumerated().map { index, step in
            let number = "\(prefix)\(index + 1)"
            let stages = step.stages.enumerated().map { stageIndex, stage in
                "### \(number).\(stageIndex + 1) \(MarkdownText.plain(stage.title))\n\n"
                    + body(stage)
            }
            return "## \(number). \(MarkdownText.plain(step.name))\n\n"
                + "\(MarkdownText.plain(sentence(step.summary)))\n\n" + stages.joined()
        }
        .joined()
    }

    private func body(_ stage: Stage) -> String {
        switch stage.work {
        case .effects: acting(stage)
        case .proof(let proof): proving(proof)
        case .comparison(let comparison): comparing(comparison)
        case .relay(let relay): relaying(relay)
        case .production(let look): looking(look)
        case .dataChecks(let checks): checking(checks)
        case .hook(let run): hooking(run)
        }
    }

    private func sentence(_ text: String) -> String {
        "\(text.prefix(1).uppercased())\(text.dropFirst())."
    }

    /// It only saves time, and its keys live no longer than a connection.
    private func relaying(_ relay: SnapshotRelay) -> String {
        "Rekindle sends the snapshot on from host to host here, "
            + MarkdownText.plain(RelayWords.way(relay))
            + ". By hand there is nothing to do: the next stage sends it to each host directly.\n\n"
    }

    private func hooking(_ run: HookRun) -> String {
        run.hosts.map { host in
            "- [ ] **\(MarkdownText.plain(host.name))** "
                + "(\(MarkdownText.plain(host.endpoint.host)))\n"
        }
        .joined() + "\n" + MarkdownText.block([ShellWord.line(run.hook.command)]) + "\n"
    }

    // MARK: effects

    /// One block for all hosts where they type the same, else a block for each.
    private func acting(_ stage: Stage) -> String {
        let pairs = plan.targets.compactMap { target -> (String, [String])? in
            let effects = HandEffect.of(stage, on: target, in: plan)
            return effects.isEmpty ? nil : (target.name, parts(effects, target))
        }
        return MemberGroups.of(pairs).map { group in
            let names = Set(group.names)
            let boxes = plan.targets.filter { names.contains($0.name) }.map { target in
                "- [ ] **\(MarkdownText.plain(target.name))** "
                    + "(\(MarkdownText.plain(PlanMarkdown.host(target))))\n"
            }
            return boxes.joined() + "\n" + group.value.joined(separator: "\n") + "\n"
        }
        .joined()
    }

    private func parts(_ effects: [HandEffect], _ target: MemberTarget) -> [String] {
        effects.flatMap { hand -> [String] in
            let words = "\(MarkdownText.plain(sentence(hand.effect.summary)))\n"
            guard hand.effect.readsSnapshot, let receive = hand.effect.commands.first else {
                return [words, block(hand.lines(), hand.effect.kind, target)]
            }
            return [
                words, "From where the snapshot is, into the host:\n",
                MarkdownText.block([upload(receive, target)]),
                "Then on the host:\n",
                block(
                    hand.effect.commands.dropFirst().map(ShellWord.line),
                    hand.effect.kind,
                    target
                ),
            ]
        }
    }

    /// A subshell that stops at the first failure: pasted as one, it cannot run on past it.
    private func block(
        _ lines: [String],
        _ kind: EffectKind,
        _ target: MemberTarget
    ) -> String {
        let run = ShellWord.quoted("run=\(plan.run)")
        let message = ShellWord.quoted("\(target.paths.lock) is not the lock of this run")
        let lock = [
            Self.entering(target),
            "grep -qxsF -- \(run) lock || { echo \(message) >&2; exit 75; }",
        ]
        return MarkdownText.block(
            ["(", "set -eu; umask 077; export LC_ALL=C"] + (kind == .takeLock ? [] : lock)
                + lines + [")"]
        )
    }

    private static func entering(_ target: MemberTarget) -> String {
        ShellWord.line(["enter", target.paths.dataDir, MemberPaths.rootName])
    }

    private func upload(_ receive: [String], _ target: MemberTarget) -> String {
        let endpoint = target.endpoint
        let port = endpoint.port == 22 ? [] : ["-p", "\(endpoint.port)"]
        let alias = endpoint.config?.hostKeyAlias.map { ["-o", "HostKeyAlias=\($0)"] } ?? []
        let keys = endpoint.identityFiles.flatMap { ["-i", $0] }
        let known =
            endpoint.knownHostsFiles.isEmpty
            ? []
            : [
                "-o",
                "UserKnownHostsFile="
                    + endpoint.knownHostsFiles.joined(separator: " "),
            ]
        let ssh = ShellWord.line(
            ["ssh"] + port + keys + known + alias + (endpoint.jumpText.map { ["-J", $0] } ?? [])
                + [
                    "\(endpoint.user)@\(endpoint.host)",
                    ShellWord.line(root(endpoint) + entered(receive, target)),
                ]
        )
        guard let snapshot = plan.snapshot else { return "" }
        let path = snapshot.path
        // plans of before layers were told went with plain files only
        let isPlainFile = path.hasPrefix("/") && snapshot.layers == nil
        let bytes = isPlainFile ? ShellWord.line(["cat", path]) : "cat"
        let about =
            isPlainFile ? "" : "# the unpacked bytes of \(VisibleText.escaped(path)), piped into:\n"
        if let password = password(endpoint) {
            return about + "{ \(password); \(bytes); } |\n\(ssh)"
        }
        return isPlainFile ? "\(ssh) <\(ShellWord.quoted(path))" : "\(about)\(ssh)"
    }

    /// What becomes root there, with the snapshot on its standard input.
    ///
    /// A sudo that asks is given the password as the first line; it must ask, or the line would become a
    /// part of the snapshot, which the next command then refuses.
    private func root(_ endpoint: HostEndpoint) -> [String] {
        switch endpoint.become {
        case .none: []
        case .sudo where endpoint.becomePassword != nil: ["sudo", "-k", "-S", "-p", "", "--"]
        case .sudo: ["sudo", "-n", "--"]
        case .doas: ["doas", "-n", "--"]
        }
    }

    /// Prints what sudo wants to hear, in no program's arguments; nil where it asks for nothing.
    private func password(_ endpoint: HostEndpoint) -> String? {
        guard endpoint.become == .sudo else { return nil }
        switch endpoint.becomePassword {
        case nil: return nil
        case .file(let path):
            return "printf '%s\\n' \"$(\(ShellWord.line(["head", "-n", "1", "--", path])))\""
        case .asked:
            let question = VisibleText.escaped(
                "sudo password of \(endpoint.user) on \(endpoint.host): "
            )
            return "printf %s \(ShellWord.quoted(question)) >/dev/tty; stty -echo </dev/tty; "
                + "IFS= read -r word </dev/tty; stty echo </dev/tty; printf '%s\\n' \"$word\""
        }
    }

    /// A shell of its own has the functions to be told.
    private func entered(_ words: [String], _ target: MemberTarget) -> [String] {
        let script =
            WorkDirectory.entry + "\nenter \"$1\" \(MemberPaths.rootName); shift; \"$@\""
        return ["sh", "-c", script, "rekindle", target.paths.dataDir] + words
    }

    // MARK: the proof

    private func proving(_ proof: ExpectedCluster) -> String {
        let members = plan.targets.filter { target in
            proof.members.contains { $0.name == target.name }
        }
        return members.map { target in
            let commands = ProofCommands(target: target, expected: proof)
            let looks = commands.looks.map { look in
                let expected = look.expectations.map { "- [ ] \(words($0))\n" }.joined()
                return "\(MarkdownText.block([look.line(["ctl"])]))\n\(expected)\n"
            }
            let ctl = ShellWord.line(commands.etcdctl)
            return "**\(MarkdownText.plain(target.name))** "
                + "(\(MarkdownText.plain(PlanMarkdown.host(target))))\n\n"
                + MarkdownText.block([
                    "ctl() { ETCDCTL_API=3 \(PasswordByHand.environment(target))\(ctl) \"$@\"; }"
                ]) + "\n"
                + looks.joined()
        }
        .joined()
    }

    private func comparing(_ comparison: CopyComparison) -> String {
        let blocks = comparison.copies.map { copy in
            "**\(MarkdownText.plain(copy.member))**\n\n"
                + MarkdownText.block(
                    plan.target(named: copy.member).map {
                        ["(", Self.entering($0), ShellWord.line(copy.command), ")"]
                    } ?? [ShellWord.line(copy.command)]
                ) + "\n"
        }
        return blocks.joined()
            + "- [ ] \(MarkdownText.plain(sentence(ProofWords.sentence(comparison))))\n\n"
    }

    /// What it prints before the drill is compared with what it prints after.
    private func looking(_ look: ProductionLook) -> String {
        look.subjects.map { subject in
            "**\(MarkdownText.plain(subject.member))**\n\n"
                + MarkdownText.block(["\(subject.command)"]) + "\n"
        }
        .joined() + "- [ ] \(MarkdownText.plain(sentence(DataCheckWords.sentence(look))))\n\n"
    }

    private func checking(_ checks: DataChecks) -> String {
        guard let target = plan.target(named: checks.member) else { return "" }
        let all = HandCheck.of(checks, on: target)
        guard !all.isEmpty else {
            return "The plan has no client URL of \(MarkdownText.plain(checks.member)) to ask: "
                + "add `advertise-client-urls` to the inventory.\n\n"
        }
        return "On **\(MarkdownText.plain(target.name))** "
            + "(\(MarkdownText.plain(PlanMarkdown.host(target)))), as root:\n\n"
            + all.map { hand in
                "- [ ] \(MarkdownText.plain(sentence(hand.sentence)))\n\n"
                    + MarkdownText.block(["if \(hand.test); then echo holds; else echo FAILS; fi"])
                    + "\n"
            }
            .joined()
    }

    private func words(_ expectation: ProofCommands.Expectation) -> String {
        switch expectation {
        case .text(let text, let means):
            "\(MarkdownText.plain(means)): shows \(MarkdownText.code(text))"
        case .atLeast(let text, let number, let means):
            "\(MarkdownText.plain(means)): \(MarkdownText.code(text)) \(number), or more"
        case .sameEverywhere(let text, let means):
            "\(MarkdownText.plain(means)): \(MarkdownText.code(text)) and a number, not 0, the same "
                + "on every member"
        case .nothing(let means):
            "\(MarkdownText.plain(means)): prints nothing"
        }
    }
}
