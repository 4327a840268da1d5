import EtcdModel
import RestorePlanning
import RestoreRun

/// The parts that a report and `runs show` have in common.
struct RunParts {
    let summary: RunSummary
    private var plan: Plan { summary.plan }
    private var state: RunState { summary.state }

    func addHeadline(to page: inout Page) {
        let (glyph, words) = headline
        page.wrapped(
            StyledLine(glyph) + StyledLine(" ")
                + StyledLine("Run \(plan.run) of cluster \(plan.cluster): ", .bold)
                + StyledLine(words, glyph.ink),
            hanging: 2
        )
    }

    var headline: (Glyph, String) {
        switch summary.phase {
        case .completed(.restore) where !plan.fenced.isEmpty:
            (.warn, "restored and proven, without \(fencedNames)\(unhashed)\(missing)")
        case .completed(.restore) where !unhashed.isEmpty || !missing.isEmpty:
            (.warn, "restored and proven\(unhashed)\(missing)")
        case .completed(.restore): (.good, "restored and proven")
        case .completed(.join) where !plan.fenced.isEmpty:
            (.warn, "the members that are back have joined, and are proven, without \(fencedNames)")
        case .completed(.join): (.good, "the members that were fenced have joined, and are proven")
        case .completed(.unjoin):
            (.warn, "the join is undone, and the restored cluster serves on without its members")
        case .completed(.rollback) where !summary.leftOut.isEmpty:
            (.warn, "rolled back, without \(fencedNames)\(missing)")
        case .completed(.rollback):
            (
                missing.isEmpty ? .good : .warn,
                (state.proofs.isEmpty ? "rolled back" : "rolled back, and the old cluster answers")
                    + missing
            )
        case .completed(.clean): (.good, cleaned)
        case .completed(.member):
            (
                missing.isEmpty ? .good : .warn,
                "\(plan.changed?.name ?? "the member") is a member again, and all is proven\(missing)"
            )
        case .completed(.drill): drilled
        case .halted(let kind, .failed): (.bad, "the \(kind.rawValue) failed\(removed)")
        case .halted(let kind, .interrupted):
            (.warn, "the \(kind.rawValue) was interrupted\(removed)")
        case .refused: (.bad, "refused; no host was changed")
        case .underWay(let kind):
            (.open, "the \(kind.rawValue) is under way, or its coordinator died")
        case .planned(let kind): (.pending, "the \(kind.rawValue) is planned; no host was changed")
        }
    }

    /// What keeps the proof from being as it was planned; empty for nothing.
    private var unhashed: String {
        let names = state.proofs.filter { $0.name == ExpectedData.compactedName }
            .compactMap(\.member)
        guard !names.isEmpty else { return "" }
        let who = MemberGroups.list(names, of: plan.targets.count)
        return "; the snapshot's own hash could not be compared on \(who): it was compacted "
            + "meanwhile, and "
            + (plan.targets.count == 1
                ? "there is no other member to compare with" : "all members hold the same data")
    }

    private var drilled: (Glyph, String) {
        let place = plan.isLocal ? "on this machine" : "beside production"
        guard let missed = DrillFacts(summary)?.missed else {
            return (.good, "the drill passed: restored \(place), proven, removed")
        }
        return (.bad, "the drill was proven, but \(missed)")
    }

    private var removed: String { summary.isRemoved ? "; what it had made is removed" : "" }

    private var cleaned: String {
        plan.isOfDrill
            ? "what was left of the drill is removed" : "what it had set aside is deleted"
    }

    private var fencedNames: String { plan.fenced.map(\.name).joined(separator: ", ") }

    func addFacts(to page: inout Page) { page.fields(facts) }

    var facts: [(String, StyledLine)] { content + coordinators + times }

    /// What was done with what, and onto which cluster.
    var content: [(String, StyledLine)] {
        var facts: [(String, StyledLine)] = [("playbook", StyledLine(plan.playbook))]
        if plan.kind == .restore || plan.kind == .join || plan.kind == .drill {
            facts += snapshot
        }
        if let cluster = summary.clusterID {
            facts.append(("cluster ID", StyledLine(cluster.description)))
        }
        facts += plan.fenced.map { ("fenced", StyledLine("\($0.name): \($0.reason)", .warn)) }
        facts += plan.fenced.compactMap { member in
            member.left.map {
                (
                    "  left there",
                    StyledLine("maybe, on \(member.host): \($0.joined(separator: "; "))", .warn)
                )
            }
        }
        if let safety = summary.safetySnapshot {
            facts.append(
                (
                    "saved before",
                    StyledLine("\(safety.path) on \(safety.member): what the cluster held then")
                )
            )
        }
        return facts
    }

    var snapshot: [(String, StyledLine)] {
        guard let snapshot = plan.snapshot else { return [] }
        let proof = snapshot.proof
        return [
            (
                "snapshot",
                StyledLine(
                    "\(snapshot.path), \(ByteText.describe(proof.bytes)) "
                        + "(\(proof.bytes) bytes)"
                )
            ),
            ("  SHA-256", StyledLine(proof.sha256)),
            (
                "  content",
                StyledLine("revision \(proof.revision), \(counted(proof.keys, "key", "keys"))")
            ),
        ] + (snapshot.manifestWords.map { [("  manifest", StyledLine($0))] } ?? [])
    }

    private var coordinators: [(String, StyledLine)] {
        state.coordinators.enumerated().map { index, record in
            (
                index == 0 ? "run by" : "then by",
                StyledLine(
                    "\(record.operator.user) on \(record.operator.coordinator), process "
                        + "\(record.process), rekindle \(record.version)"
                )
            )
        }
    }

    var times: [(String, StyledLine)] {
        var times: [(String, StyledLine)] = []
        if let began = state.beganAt {
            times.append(("began", StyledLine("\(TimeText.dateAndClock(began)) UTC")))
        }
        if let total = summary.totalSeconds {
            times.append(("took", StyledLine(TimeText.length(total))))
        }
        if let downtime = summary.downtimeSeconds {
            times.append(
                (
                    "downtime",
                    StyledLine(TimeText.length(downtime), .bold)
                        + StyledLine(", from the first stop to the last proof")
                )
            )
            if let away = summary.clientsOut {
                times.append(
                    (
                        away.label,
                        StyledLine(TimeText.length(away.seconds), .bold) + StyledLine(away.note)
                    )
                )
            }
        } else if let stopped = summary.downSince {
            times.append(
                (
                    "downtime",
                    StyledLine(
                        "since \(TimeText.dateAndClock(stopped)) UTC: etcd was stopped then, and is "
                            + "not proven to serve again",
                        .warn
                    )
                )
            )
        }
        return times + (DrillFacts(summary)?.lines ?? [])
    }

    func addFailures(to page: inout Page) {
        guard !summary.failures.isEmpty else { return }
        page.heading(summary.phase == .refused ? "REFUSED FOR" : "WHAT FAILED")
        ErrorText.add(summary.failures, to: &page, indent: 2)
    }

    func addSetAside(to page: inout Page) {
        guard let (title, pairs) = setAside else { return }
        page.heading(title, "(renamed; it stays until `rekindle clean`)")
        SetAside.add(pairs, to: &page)
    }

    /// Where the data is that is not in place, as far as the journal tells; nil for nowhere.
    var setAside: (title: String, places: [(String, [SetAside])])? {
        let title: String
        let pairs: [(String, [SetAside])]
        switch plan.kind {
        case .unjoin: return nil
        case .restore, .join, .member:
            title = "THE OLD DATA"
            pairs = plan.targets.filter { target in
                switch progress(.setAsideData, target) {
                case .settled(.acted): true
                // after a resume, what was done before is found
                case .settled(.found): target.hasOldData
                case .intended, nil: false
                }
            }
            .map { ($0.name, SetAside.places($0.paths)) }
        case .rollback:
            title = "THE RESTORED DATA"
            pairs = plan.targets.filter { progress(.discardData, $0) == .settled(.acted) }
                .map { ($0.name, SetAside.discarded($0.paths)) }
        case .clean, .drill: return nil
        }
        return pairs.isEmpty ? nil : (title, pairs)
    }

    private func progress(_ kind: EffectKind, _ target: MemberTarget) -> RunState.EffectProgress? {
        state.effects.first { $0.key.member == target.name && $0.key.kind == kind }?.value
    }

    /// What may be asked of the run now, with what it does.
    var next: [(String, StyledLine)] {
        summary.requests.map { request in
            ("rekindle \(request.rawValue) \(plan.run)", StyledLine(meaning(request)))
        }
    }

    func addNext(to page: inout Page) {
        let commands = next
        guard !commands.isEmpty else { return }
        page.heading("NEXT")
        page.fields(commands)
    }

    /// A run cannot write the operator's file.
    func addInventoryChange(to page: inout Page) {
        guard let change = summary.inventoryChange else { return }
        page.heading("THE INVENTORY MUST SAY NOW", "(of \(change.name))")
        page.fields(change.lines.map { ($0, StyledLine($1)) })
        page.wrapped(StyledLine(change.rest), indent: 2)
    }

    private func meaning(_ request: RunRequest) -> String {
        switch request {
        case .resume:
            switch summary.phase {
            case .completed(.rollback):
                "puts the old data of \(fencedNames) back, once the host answers"
            case .completed(.unjoin): "begins the join again"
            case .completed: "restores \(fencedNames) from the same snapshot, to join the others"
            case .planned, .underWay, .halted, .refused:
                "looks at every host and does what is not done yet"
            }
        case .rollback:
            switch summary.phase {
            case .planned(.join), .underWay(.join), .halted(.join, _):
                "undoes the join alone; the restored cluster serves on"
            case .planned(.unjoin), .underWay(.unjoin), .halted(.unjoin, _):
                "goes on with undoing the join"
            case .planned, .underWay, .halted, .completed, .refused:
                plan.kind == .rollback
                    ? "goes on with putting the old data back"
                    : summary.state.mayHaveBeenWatched(plan)
                        ? "says how the old data comes back at a higher revision: clients have watched, "
                            + "and must not see it go back" : "puts the old data back"
            }
        case .clean:
            plan.isOfDrill
                ? "stops and deletes what is left of the drill"
                : "deletes what was set aside, for good; only once you are sure"
        }
    }
}
