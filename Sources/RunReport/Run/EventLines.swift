package import RestorePlanning
package import RestoreRun

/// A run as it goes, plain lines for the events worth one: for logs and pipes.
///
/// It remembers when each effect began, so that its line can tell how long it took; nothing else.
package struct EventLines: Sendable {
    private let plan: Plan
    private let memberWidth: Int
    private let stepWidth: Int
    private var beganAt: [EffectID: Double] = [:]
    private var isTakenUpAgain: Bool
    /// What was proven of each member in the present stage.
    private var held: [(member: String, names: [String])] = []
    /// The step whose stage was last begun.
    private var openStep = ""

    /// `resuming` tells whether a coordinator has worked on the run before.
    package init(plan: Plan, resuming: Bool = false) {
        self.plan = plan
        isTakenUpAgain = resuming
        memberWidth =
            plan.targets.map { VisibleText.width(VisibleText.escaped($0.name)) }.max() ?? 0
        stepWidth = plan.steps.map(\.name.count).max() ?? 0
    }

    /// The lines without their line feeds; none where the event tells a person nothing new.
    ///
    /// The time is in seconds since 1970, and shown in UTC.
    package mutating func lines(for event: RunEvent, at time: Double) -> [String] {
        switch event {
        case .planned:
            return []
        case .stageEnded:
            return heldProofs(time)
        case .began(let coordinator):
            let how = isTakenUpAgain ? "taken up again" : "begun"
            isTakenUpAgain = true
            return [
                general(
                    "run \(plan.run) \(how) by \(coordinator.operator.user) on "
                        + "\(coordinator.operator.coordinator)",
                    time
                )
            ]
        case .stageBegan(let id):
            guard let (step, stage) = place(id) else { return [] }
            openStep = step.name
            return [
                general(
                    "step \(id.step + 1) of \(plan.steps.count)  \(step.name): \(stage.title)",
                    time
                )
            ]
        case .intended(let effect, let attempt):
            beganAt[effect] = time
            guard let words = EffectWords.beginning(effect.kind) else { return [] }
            return [line(effect, attempt == 1 ? words : "\(words) try \(attempt)", time)]
        case .settled(let effect, .acted):
            guard let target = plan.target(named: effect.member) else { return [] }
            let took = beganAt.removeValue(forKey: effect).map { time - $0 }
            let length = took.map { " (\(TimeText.length($0)))" } ?? ""
            return [line(effect, EffectWords.done(effect.kind, on: target) + length, time)]
        case .settled(let effect, .found):
            beganAt[effect] = nil
            return [line(effect, "\(effect.kind.rawValue): nothing to do", time)]
        case .stumbled(let effect, let attempt, let failure, let willRetry):
            beganAt[effect] = nil
            let next = willRetry ? "will try again" : "gives up"
            return [line(effect, "try \(attempt) FAILED, \(next): \(failure.message)", time)]
        case .proved(let proof):
            let member = proof.member ?? "cluster"
            if proof.holds {
                // told together, once all of the stage hold
                if held.last?.member == member {
                    held[held.count - 1].names.append(proof.name)
                } else {
                    held.append((member, [proof.name]))
                }
                return []
            }
            let what = "proof FAILS: \(proof.name) \(proof.observed), expected \(proof.expected)"
            return [row(member, openStep, what, time)]
        case .relayed(let relay):
            return RelayWords.lines(relay).map { row($0.member, openStep, $0.text, time) }
        case .startedDependents(let record):
            return record.missing.map { unit in
                row(record.member, openStep, "\(unit.name) did NOT come back: \(unit.state)", time)
            }
        case .fenced(let members):
            return members.map { row($0.name, openStep, "left out: \($0.reason)", time) }
        case .ended(let ending):
            return [general(words(ending), time)]
        }
    }

    /// A line for each member whose proofs all hold; none at the end of a stage without proofs.
    private mutating func heldProofs(_ time: Double) -> [String] {
        defer { held = [] }
        return held.map { member, names in
            row(member, openStep, "proven: \(names.joined(separator: ", "))", time)
        }
    }

    private func words(_ ending: RunEnding) -> String {
        switch ending {
        case .completed:
            switch plan.kind {
            case .restore:
                "run \(plan.run): restored and proven"
                    + (plan.fenced.isEmpty
                        ? "" : ", without \(plan.fenced.map(\.name).joined(separator: ", "))")
            case .join:
                "run \(plan.run): the members that were fenced have joined, and all is proven"
            case .unjoin:
                "run \(plan.run): the join is undone; the restored cluster serves on"
            case .rollback: "run \(plan.run): rolled back"
            case .clean where plan.isOfDrill:
                "run \(plan.run): what was left of the drill is removed"
            case .clean: "run \(plan.run): what it had set aside is deleted"
            case .member:
                "run \(plan.run): \(plan.changed?.name ?? "the member") is a member again, and all is "
                    + "proven"
            case .drill: "run \(plan.run): the drill passed, and nothing of it is left"
            }
        case .failed(let failures):
            "run \(plan.run) STOPPED at \(counted(failures.count, "failure", "failures"))"
        case .interrupted: "run \(plan.run) INTERRUPTED by a signal"
        case .refused: "run \(plan.run) REFUSED: another run holds a host; nothing was changed"
        }
    }

    private func place(_ id: StageID) -> (PlannedStep, Stage)? {
        guard plan.steps.indices.contains(id.step),
            plan.steps[id.step].stages.indices.contains(id.stage)
        else { return nil }
        return (plan.steps[id.step], plan.steps[id.step].stages[id.stage])
    }

    private func line(_ effect: EffectID, _ text: String, _ time: Double) -> String {
        row(effect.member, place(effect.stage)?.0.name ?? "", text, time)
    }

    private func row(_ member: String, _ step: String, _ text: String, _ time: Double) -> String {
        let member = VisibleText.escaped(member)
        return general(
            padded(member, memberWidth) + "  " + padded(step, stepWidth) + "  " + text,
            time
        )
    }

    private func general(_ text: String, _ time: Double) -> String {
        "\(TimeText.clock(time)) \(VisibleText.escaped(text))"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - VisibleText.width(text), 0))
    }
}
