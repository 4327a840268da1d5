import EtcdModel
import RemoteHost
import RestorePlanning

/// The steps of a plan with their stages, and what each does to whom.
struct PlanSteps {
    let plan: Plan
    let verbose: Bool
    private var words: PathWords { PathWords(plan: plan) }

    init(plan: Plan, verbose: Bool) {
        self.plan = plan
        self.verbose = verbose
    }

    func add(to page: inout Page) {
        page.heading("STEPS", "(every host passes a stage before any begins the next)")
        let legend = legend()
        page.fields(legend, indent: 4)
        if !legend.isEmpty { page.blank() }
        for (index, step) in plan.steps.enumerated() {
            let number = index + 1
            let left = String(repeating: " ", count: number < 10 ? 1 : 0) + "\(number)  "
            page.beside(
                StyledLine(left),
                StyledLine(step.name, .bold) + StyledLine(": \(step.summary)"),
                indent: 0
            )
            if verbose { page.line(StyledLine(limits(step.limits), .dim), indent: 4) }
            for (stageIndex, stage) in step.stages.enumerated() {
                page.line(
                    StyledLine("\(number).\(stageIndex + 1)  \(stage.title)"),
                    indent: 4
                )
                add(stage, to: &page)
            }
        }
    }

    /// The names for directories that the steps below use, and no others.
    private func legend() -> [(String, StyledLine)] {
        let effects = plan.steps.flatMap(\.stages).flatMap { stage in
            kinds(of: stage).flatMap { kind in folded(stage.effects.filter { $0.kind == kind }) }
        }
        return words.legend(for: effects.map(\.value))
    }

    private func limits(_ limits: StepLimits) -> String {
        let retries =
            limits.retries == 0
            ? "" : ", up to \(limits.retries) more after failures that may pass"
        return "each try at most \(TimeText.length(Double(limits.timeoutSeconds)))\(retries)"
    }

    private func add(_ stage: Stage, to page: inout Page) {
        switch stage.work {
        case .effects: addEffects(stage, to: &page)
        case .proof(let proof):
            page.wrapped(StyledLine(ProofWords.sentence(proof)), indent: 9)
        case .comparison(let comparison):
            page.wrapped(StyledLine(ProofWords.sentence(comparison)), indent: 9)
            guard verbose else { return }
            for copy in comparison.copies { self.command(copy, &page) }
        case .relay(let relay):
            page.wrapped(
                StyledLine(
                    "relay: \(RelayWords.way(relay)); a host that it does not reach is sent to "
                        + "directly"
                ),
                indent: 9,
                hanging: 2
            )
            if verbose { commands(relay, &page) }
        case .production(let look): add(look, to: &page)
        case .dataChecks(let checks): add(checks, to: &page)
        case .hook(let run): add(run, to: &page)
        }
    }

    private func addEffects(_ stage: Stage, to page: inout Page) {
        for kind in kinds(of: stage) {
            let effects = stage.effects.filter { $0.kind == kind }
            for group in folded(effects) {
                page.wrapped(
                    StyledLine("on \(MemberGroups.list(group.names, of: plan.targets.count)): ")
                        + StyledLine(group.value),
                    indent: 9,
                    hanging: 2
                )
                if verbose { commands(effects.filter { group.names.contains($0.member) }, &page) }
            }
        }
    }

    private func add(_ look: ProductionLook, to page: inout Page) {
        page.wrapped(StyledLine(DataCheckWords.sentence(look)), indent: 9, hanging: 2)
        guard verbose else { return }
        for subject in look.subjects {
            page.line(StyledLine("\(subject.member):", .dim), indent: 11)
            lines("\(subject.command)", &page)
        }
    }

    /// Every check, with the command of those that have one: it runs as root.
    private func add(_ checks: DataChecks, to page: inout Page) {
        for check in checks.checks {
            page.wrapped(
                StyledLine(DataCheckWords.sentence(check, of: checks)),
                indent: 9,
                hanging: 2
            )
        }
        guard verbose,
            let client = plan.target(named: checks.member).flatMap(EtcdClient.init(target:))
        else { return }
        for check in checks.checks {
            lines("\(check.question(client, revision: checks.revision))", &page)
        }
    }

    private func add(_ run: HookRun, to page: inout Page) {
        let undone = run.hook.undo == nil ? "a rollback does not undo it" : "a rollback undoes it"
        let hosts = run.hosts.map(\.name).joined(separator: ", ")
        page.wrapped(
            StyledLine("on \(hosts), as root" + (plan.kind == .restore ? "; \(undone)" : "")),
            indent: 9,
            hanging: 2
        )
        guard verbose else { return }
        lines(run.hook.command.map(ShellQuoting.quoted).joined(separator: " "), &page)
        guard plan.kind == .restore, let undo = run.hook.undo else { return }
        page.line(StyledLine("by a rollback:", .dim), indent: 11)
        lines(undo.map(ShellQuoting.quoted).joined(separator: " "), &page)
    }

    /// What every host is given alike, and what opens each.
    private func commands(_ relay: SnapshotRelay, _ page: inout Page) {
        for hop in relay.hops {
            page.line(StyledLine("\(hop.member):", .dim), indent: 11)
            lines(hop.open.map(ShellQuoting.quoted).joined(separator: " "), &page)
        }
        page.line(StyledLine("all, to be told of the others:", .dim), indent: 11)
        lines(relay.introduction, &page)
        page.line(StyledLine("all, to take the stream and hand it on:", .dim), indent: 11)
        lines(relay.receiver, &page)
    }

    private func command(_ copy: CopyComparison.Copy, _ page: inout Page) {
        let line = copy.command.map(ShellQuoting.quoted).joined(separator: " ")
        page.line(StyledLine("\(copy.member):", .dim), indent: 11)
        page.line(StyledLine("# \(line)", .dim), indent: 11)
    }

    /// In the order in which they are done on a member.
    private func kinds(of stage: Stage) -> [EffectKind] {
        stage.effects.reduce(into: []) { kinds, effect in
            if !kinds.contains(effect.kind) { kinds.append(effect.kind) }
        }
    }

    /// Members with one text together.
    private func folded(_ effects: [PlannedEffect]) -> [MemberGroup<String>] {
        let exact = MemberGroups.of(effects.map { ($0.member, words.short($0)) })
        guard exact.count > 1 else { return exact }
        let named = MemberGroups.of(effects.map { ($0.member, words.shortest($0)) })
        return named.count == 1 ? named : exact
    }

    /// Every command; members with exactly the same ones share them.
    private func commands(_ effects: [PlannedEffect], _ page: inout Page) {
        let groups = MemberGroups.of(effects.map { ($0.member, $0.commands) })
        for group in groups {
            if groups.count > 1 {
                page.line(
                    StyledLine("\(group.names.joined(separator: ", ")):", .dim),
                    indent: 11
                )
            }
            for words in group.value {
                lines(words.map(ShellQuoting.quoted).joined(separator: " "), &page)
            }
        }
    }

    private func lines(_ text: String, _ page: inout Page) {
        let parts = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, part) in parts.enumerated() {
            page.line(StyledLine("\(index == 0 ? "#" : ">") \(part)", .dim), indent: 11)
        }
    }
}
