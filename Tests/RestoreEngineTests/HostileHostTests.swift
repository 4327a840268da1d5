import RestorePlanning
import RestoreRun
import TestSupport
import Testing

@testable import RestoreEngine

/// A host that answers the questions of a run with extremes, lies, halves, nothing, and far too much.
@Suite("A hostile host in a run", .timeLimit(.minutes(10)))
struct HostileHostTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var question: ModelCommand
        var answer: HostileAnswer
        var testDescription: String { "\(question): \(answer)" }
    }

    private static let questions: [ModelCommand] = [
        .look, .status, .proof, .effect(.takeLock), .effect(.uploadSnapshot),
        .effect(.installData),
    ]

    /// Every shape, and the worst numbers: a run takes seconds with each.
    ///
    /// `FuzzTests` puts every number in every place of an answer.
    private static let answers =
        HostileAnswer.shapes.filter { $0 != .hugeLine && $0 != .hugeLines }
        + ["18446744073709551615", "-9223372036854775808", "inf", ""].map {
            HostileAnswer.number($0, at: nil)
        }

    static let cases =
        questions.flatMap { question in
            answers.map { Case(question: question, answer: $0) }
        } + [Case(question: .look, answer: .hugeLine), Case(question: .proof, answer: .hugeLines)]

    /// The restore, with a proof that is given up at once.
    private static let restore: Plan = {
        var plan = Sample.restore
        for index in plan.steps.indices { plan.steps[index].limits.timeoutSeconds = 1 }
        return plan
    }()

    @Test(arguments: cases)
    func `that lies once harms nothing, and the run ends`(_ given: Case) async throws {
        let rehearsal = Rehearsal(Self.restore)
        rehearsal.fleet.fail(given.question, on: "etcd-2", .lies(given.answer))
        try await end(rehearsal, Self.restore)
    }

    /// Every seventh: they take all tries of a step.
    static let some = cases.dropLast(2).enumerated().filter { $0.offset % 7 == 0 }.map(\.element)

    @Test(arguments: some)
    func `that always lies ends the run, which can be resumed and undone`(
        _ given: Case
    ) async throws {
        let rehearsal = Rehearsal(Self.restore)
        for _ in 0..<200 { rehearsal.fleet.fail(given.question, on: "etcd-2", .lies(given.answer)) }
        let ending = try await end(rehearsal, Self.restore)
        rehearsal.fleet.forgetFaults()
        if ending != .completed { try await end(rehearsal, Self.restore) }
        try await end(rehearsal, Sample.rollback)
        rehearsal.expectRolledBack()
    }

    @discardableResult
    private func end(_ rehearsal: Rehearsal, _ plan: Plan) async throws -> RunEnding {
        let ending = try await rehearsal.session(plan)
        #expect(rehearsal.fleet.violations == [])
        return ending
    }
}
