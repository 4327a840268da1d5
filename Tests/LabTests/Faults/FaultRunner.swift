import Testing

/// Plays one case from the healthy cluster to the outcome, and holds what came of it to the laws.
struct FaultRunner {
    let faultCase: FaultCase
    let scene: Scene
    private var fault: Fault { faultCase.fault }

    /// Plays it and writes its line of the table.
    /// - Returns: how the first command ended.
    @discardableResult
    static func play(_ faultCase: FaultCase, on lab: Lab) throws -> Int32 {
        let lost = try begin(lab)
        let scene = try Scene(
            lost,
            of: faultCase.fault,
            at: faultCase.moment,
            seed: faultCase.seed
        )
        return try FaultRunner(faultCase: faultCase, scene: scene).play()
    }

    /// A cluster that just booted may break off what is asked of it: then a fresh one is made.
    static func begin(_ lab: Lab) throws -> LostCluster {
        for _ in 1...2 {
            if let lost = try? CrashCase.next(lab) { return lost }
        }
        return try CrashCase.next(lab)
    }

    private func play() throws -> Int32 {
        let clock = ContinuousClock()
        let began = clock.now
        var row = FaultRow(
            fault: fault.name,
            step: .before,
            seed: faultCase.seed,
            outcome: .neither,
            story: [],
            complaints: [],
            seconds: 0
        )
        var first: Int32 = -1
        do {
            first = try disturb(&row)
            try conclude(after: first, &row)
        } catch {
            row.complaints.append(String("\(error)".suffix(1200)))
            try? fault.lift(scene)
        }
        for cleanUp in scene.cleanUps.reversed() { try? cleanUp() }
        row.story = scene.story
        row.seconds = (clock.now - began) / .seconds(1)
        try row.append()
        if !row.complaints.isEmpty {
            Issue.record(
                """
                \(faultCase.testDescription), member etcd-\(scene.member): \
                \(row.outcome.rawValue) after \(row.story)
                \(row.complaints.joined(separator: "\n"))
                \(scene.said.joined(separator: "\n---\n"))
                """
            )
        } else if !scene.needsFreshLab {
            CrashCase.handOn(scene.lost)
        }
        return first
    }

    /// Makes the fault in the middle of a restore.
    private func disturb(_ row: inout FaultRow) throws -> Int32 {
        try fault.prepare(scene)
        if fault.due.contains(.refused) { scene.before = try scene.fingerprints() }
        var step: RunStep?
        var interruptions = [
            Interruption(
                moment: .before("upload-snapshot"),
                act: scene.witness,
                isWitness: true
            )
        ]
        if let strike = fault.strike {
            interruptions.append(
                Interruption(
                    moment: faultCase.moment,
                    act: {
                        step = RunStep(ofJournal: scene.journal.text)
                        try strike(scene)
                    },
                    delay: fault.isLoose
                        ? .milliseconds([0, 15, 40, 90].randomElement(using: &scene.random) ?? 0)
                        : .zero
                )
            )
        }
        let (result, struck) = try scene.drive(
            scene.restore,
            environment: scene.environment,
            interruptions,
            relief: fault.passesAfter.map { seconds in (seconds, { try fault.lift(scene) }) }
        )
        scene.tell("restore", result)
        if !struck { row.complaints.append("the moment of the fault never came") }
        row.step = step ?? RunStep(ofJournal: scene.journal.text)
        return result.status
    }

    private func conclude(after status: Int32, _ row: inout FaultRow) throws {
        scene.isProven = status == 0
        let wasRefused = [3, 5, 65].contains(status)
        if wasRefused, let before = scene.before {
            let changed = Difference.lines(before, try scene.fingerprints())
            if !changed.isEmpty { row.complaints.append("refused, and changed: \(changed)") }
        } else if status != 0 {
            try scene.witness()
        }
        try fault.lift(scene)
        if status != 0, !wasRefused { row.complaints += try scene.carryOn(fault.remedy) }
        let (outcome, why) = scene.outcome()
        row.outcome = outcome == .oldBack && wasRefused ? .refused : outcome
        row.complaints += why
        if !fault.due.contains(row.outcome) { row.complaints.append("this outcome was not due") }
        if outcome != .neither {
            row.complaints += try scene.remains() + scene.lostBytes(after: row.outcome)
            try fault.afterwards(scene)
        }
    }
}
