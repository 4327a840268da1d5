import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import SnapshotSource

/// What resume, rollback and clean have in common.
struct TakingUp {
    let context: CommandContext
    let options: GlobalOptions
    /// What its uploads may take of the wire; nil for no limit.
    var bandwidth: Bandwidth?

    private var terminal: Terminal { context.terminal }

    /// Returns the run that is meant, if what is asked for may be done with it.
    ///
    /// `isConfirmed` says that nobody is asked first.
    func find(
        _ run: String?,
        for request: RunRequest,
        isConfirmed: Bool = false
    ) throws -> StoredRun {
        let directory = try RunSelection(context, options)
            .directory(run, for: .changes(isConfirmed: isConfirmed))
        let stored = try context.store.load(directory)
        if stored.wasTorn {
            terminal.note(
                "the journal's last line was cut off when its writer died; it is left out"
            )
        }
        if let refusal = stored.state.refusal(
            of: request,
            leavesFenced: !stored.leftOut.isEmpty
        ) {
            terminal.problem(
                "cannot \(request.rawValue) run \(stored.directory.id): \(refusal.fact)",
                hint: refusal.hint
            )
            throw CommandEnd(status: .refused)
        }
        try context.store.requireNobodyDrives(stored)
        return stored
    }

    /// Who leads now; nil where nothing answers.
    func leader(of plan: Plan) async -> String? {
        let fleet = context.fleet(plan)
        let leader = await LeaderProbe(fleet: fleet).leader(of: plan.targets)
        await fleet.close()
        return leader
    }

    /// Turns a run to its rollback or its cleaning, once the operator has typed the cluster's name.
    ///
    /// One that is at it already goes on with the plan that it has.
    func turn(
        _ stored: StoredRun,
        to turn: Turn,
        isConfirmed: Bool,
        _ purpose: String
    ) async throws
        -> ExitStatus
    {
        let plan = turn.plan
        try await requireAgreement(of: plan, stored, without: turn.fenced)
        show(plan)
        try Consent(context: context, isGiven: isConfirmed).require(
            plan.cluster,
            question: "Type the cluster's name, \(plan.cluster), \(purpose):"
        )
        return try await drive(
            stored,
            turn,
            snapshot: SnapshotBytesFrom { _ in
                preconditionFailure("a rollback and a clean send no snapshot")
            }
        )
    }

    /// What a run is to do from here on.
    enum Turn: Sendable {
        /// It goes on with the plan that it is at, without these members, who are left out of it from now on.
        case goingOn(Plan, fencing: [FencedMember])
        /// It begins another plan, from which the members are left out already.
        case turning(Plan, fencing: [FencedMember])

        var plan: Plan {
            switch self {
            case .goingOn(let plan, let fenced): plan.fencing(fenced)
            case .turning(let plan, _): plan
            }
        }

        var fenced: [FencedMember] {
            switch self {
            case .goingOn(_, let fenced), .turning(_, let fenced): fenced
            }
        }
    }

    func show(_ plan: Plan) {
        guard !terminal.isQuiet else { return }
        terminal.say(
            page: PlanText.render(plan, style: terminal.errorStyle, verbose: terminal.isVerbose)
        )
    }

    func drive(
        _ stored: StoredRun,
        _ turn: Turn,
        snapshot: SnapshotBytesFrom
    ) async throws -> ExitStatus {
        let (run, journal) =
            switch turn {
            case .goingOn(_, let fenced):
                try await context.store.reopen(stored, turningTo: nil, fencing: fenced)
            case .turning(let plan, _):
                try await context.store.reopen(stored, turningTo: plan)
            }
        return try await RunSession(
            world: context.world,
            terminal: terminal,
            store: context.store,
            bandwidth: bandwidth
        ).drive(
            run,
            journal: journal,
            fleet: context.fleet(run.current),
            snapshot: snapshot,
            objectives: Objectives()
        )
    }
}

// MARK: before anything is written

extension TakingUp {
    /// Looks at every host, and refuses if one of them forbids the plan: nothing is stopped for a run that
    /// another host then refuses.
    ///
    /// The fenced members are asked as well: one that answers and serves is not off.
    func requireAgreement(
        of plan: Plan,
        _ stored: StoredRun,
        without fenced: [FencedMember]
    ) async throws {
        if plan.kind != .clean {
            // what cannot be proven in the end is not begun
            let files = Set(plan.targets.compactMap(\.login?.passwordFile))
            for file in files.sorted() { try context.preparation.requireSecret(file) }
        }
        let whole = fenced.compactMap { stored.whole.target(named: $0.name) }
        let fleet = context.fleet(plan, also: whole)
        let survey = HostSurvey(fleet: fleet) { [terminal] member, work in
            terminal.note("\(member): waiting, for \(HostLock.staleSeconds) s at most: \(work)")
        }
        async let others = survey.looks(at: whole, tries: 1)
        let answers = await survey.looks(at: plan.targets)
        let off = await others
        await fleet.close()

        let active = whole.compactMap { target -> Check? in
            switch off[target.name] {
            case .seen(let look): MidRunFence.activity(of: target, look)
            case .silent(let failure, .busy), .silent(let failure, .unreadable):
                MidRunFence.answering(
                    target,
                    [failure.message, failure.evidence].compactMap { $0 }.joined(separator: ": ")
                )
            case .silent(_, .unreachable), nil: nil
            }
        }
        let refusals = TakingUpReview(plan).refusals(answers.compactMapValues(\.look))
        let silent = plan.targets.compactMap { target -> (failure: RunFailure, isBusy: Bool)? in
            if case .silent(let failure, let silence)? = answers[target.name] {
                (failure, silence == .busy)
            } else {
                nil
            }
        }
        guard !active.isEmpty || !refusals.isEmpty || !silent.isEmpty else { return }
        for check in active {
            terminal.problem("\(check.member ?? ""): \(check.saw)", hint: check.hint)
        }
        for (member, refusal) in refusals {
            terminal.problem("\(member): \(refusal.fact)", hint: refusal.hint)
        }
        for (failure, isBusy) in silent {
            terminal.problem(
                "\(failure.host ?? ""): \(failure.message)",
                evidence: failure.evidence.map { [$0] } ?? [],
                // whoever works on a command is not lost
                hint: isBusy ? failure.hint : silentHint(failure, plan)
            )
        }
        terminal.say("No host was changed.")
        let isLocked = refusals.contains { $0.1.lockedBy != nil }
        throw CommandEnd(status: isLocked ? .locked : .refused)
    }

    private func silentHint(_ failure: RunFailure, _ plan: Plan) -> String {
        let own = failure.hint.map { "\($0); " } ?? ""
        guard plan.kind.canFence else {
            return own + "no host is left out silently: bring it back, then try again"
        }
        let command = plan.kind == .rollback || plan.kind == .unjoin ? "rollback" : "resume"
        return own + "if the host is lost for good, `rekindle \(command) \(plan.run) --fence "
            + "\(failure.host ?? "NAME")=REASON` goes on without it, as long as the others are a quorum"
    }

    /// What `--fence` names, as it is recorded.
    ///
    /// - Throws: `UsageProblem`; `CommandEnd` where the run cannot do without these members.
    func fences(_ texts: [String], _ stored: StoredRun) throws -> [FencedMember] {
        guard !texts.isEmpty else { return [] }
        let kind = stored.current.kind
        guard kind.canFence else {
            terminal.problem(
                "--fence cannot be used with run \(stored.directory.id): it is a \(kind.rawValue)",
                hint: "only a restore, a join and a rollback can do without a member"
            )
            throw CommandEnd(status: .refused)
        }
        let known = stored.leftOut
        return try FenceWords.read(
            texts,
            among: stored.restore.topology.members.map { member in
                if let before = known.first(where: { $0.name == member.name }) {
                    return FenceWords.Candidate(
                        name: member.name,
                        host: before.host,
                        left: before.left
                    )
                }
                let target = stored.whole.target(named: member.name)
                return FenceWords.Candidate(
                    name: member.name,
                    host: target?.endpoint.host ?? "",
                    left: target.map(stored.whole.leftovers)
                )
            }
        )
    }

    /// Refuses to leave members out if the others are too few, or one could be taken for a restored member.
    func requireQuorum(
        of plan: Plan,
        without fenced: [FencedMember],
        goal: MidRunFence.Goal
    ) throws {
        guard !fenced.isEmpty else { return }
        let names = Set(fenced.map(\.name))
        var checks = [MidRunFence.quorum(of: plan, without: names, goal: goal)]
        if goal == .restored {
            checks += plan.targets.filter { names.contains($0.name) }
                .compactMap { MidRunFence.identity(of: $0, in: plan) }
        }
        let failed = checks.filter { $0.verdict == .fails }
        guard failed.isEmpty else {
            for check in failed {
                terminal.problem(
                    (check.member.map { "\($0): " } ?? "") + check.saw + "; no host was changed",
                    hint: check.hint
                )
            }
            throw CommandEnd(status: .refused)
        }
        for check in checks { terminal.note(check.saw) }
    }
}
