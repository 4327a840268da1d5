import Testing

/// One thing that goes wrong in the world while a run is under way, as a value.
///
/// What it is, when it can strike, what it does, and what an operator mends before going on.
/// What came of it is never written here; it comes from asking the hosts and etcd afterwards.
struct Fault: Sendable {
    typealias Deed = @Sendable (Scene) throws -> Void

    /// What the table says of it.
    let name: String
    /// The moments of a run at which it is made, in the order of the run.
    let moments: [Moment]
    /// What the world is like before the run.
    var prepare: Deed = { _ in }
    /// Makes it, while the coordinator is held still, so that it strikes where it shall.
    ///
    /// nil where it was prepared and strikes by itself.
    var strike: Deed?
    /// Whether it may as well strike while a command is at work: chance decides how many
    /// milliseconds later than the moment it does.
    var isLoose = false
    /// Seconds after which it passes by itself, before the operator does anything.
    var passesAfter: Double?
    /// What is mended before anybody goes on; must do no harm where there is nothing to mend.
    var lift: Deed = { _ in }
    /// What an operator may do next.
    var remedy = Remedy.either
    /// Which outcomes are due; any other is a failure, even a good one.
    var due: Set<Outcome> = [.restored, .oldBack]
    /// Whether steps give up soon: where what is waited for never comes.
    var isImpatient = false
    /// What else must hold at the very end.
    var afterwards: Deed = { _ in }
    /// At which of the moments it is made in the chosen part that CI runs.
    var chosen: [Moment] = []
}

/// What an operator does with a run that did not end well.
enum Remedy: Sendable {
    /// `resume` or `rollback`, as the seed says: both must work.
    case either
    /// Only `resume`.
    case resume
    /// `resume` may claim no success, and `rollback` must work.
    case rollbackOnly
    /// `resume` may work or not; what it leaves, `rollback` must undo.
    case rollbackAtLast
    /// Nothing: the first command must have said all.
    case nothing
}

/// What came of a case, as the hosts and etcd say.
enum Outcome: String, Sendable, CaseIterable {
    case restored = "restored and proven"
    case oldBack = "old cluster back"
    case refused = "refused, nothing changed"
    case neither = "neither"
}

/// A fault at a moment, with all that chance decides in it.
struct FaultCase: Sendable, CustomTestStringConvertible {
    let fault: Fault
    let moment: Moment
    let seed: UInt64

    var testDescription: String { "\(fault.name), \(moment.testDescription), seed \(seed)" }
}

extension FaultCase {
    /// The cases of some faults that this test run is asked for.
    static func asked(_ faults: [Fault]) -> [FaultCase] {
        faults.flatMap { fault in
            let moments =
                switch FaultRequest.current.wantsAll(of: fault.name) {
                case true?: fault.moments
                case false?: [Moment]()
                case nil: fault.chosen
                }
            return moments.map {
                FaultCase(fault: fault, moment: $0, seed: FaultRequest.current.seed)
            }
        }
    }
}
