import FoundationEssentials
import RestorePlanning
import Testing

/// The whole machine, state by state: what faults and strangers may do to a run of three members.
///
/// `REKINDLE_MODEL=deep` searches further, for minutes.
@Suite("Every way a run can go", .serialized)
struct RestoreModelTests {
    struct Scope: Sendable, CustomTestStringConvertible {
        var cluster: ModelClusters
        var playbook: Playbook
        var limits: Search.Limits

        var testDescription: String {
            "\(playbook.name), \(cluster.name), \(limits.faults) faults, \(limits.events) events"
        }
    }

    static func scope(
        _ cluster: ModelClusters,
        _ playbook: Playbook = .restoreCluster,
        faults: Int,
        events: Int
    ) -> Scope {
        Scope(
            cluster: cluster,
            playbook: playbook,
            limits: Search.Limits(faults: faults, events: events)
        )
    }

    static let usual = [
        scope(.alike, faults: 2, events: 0), scope(.alike, faults: 1, events: 1),
        scope(.alike, faults: 0, events: 3), scope(.unlike, faults: 1, events: 1),
        scope(.alike, .restoreClusterStaged, faults: 1, events: 1),
        scope(.unlike, .restoreClusterStaged, faults: 1, events: 0),
    ]
    static let deep = [
        scope(.unlike, faults: 2, events: 0), scope(.alike, faults: 1, events: 2),
        scope(.alike, faults: 2, events: 1),
    ]

    private static let isDeep = ProcessInfo.processInfo.environment["REKINDLE_MODEL"] == "deep"

    @Test("keeps every law, whatever breaks", arguments: usual)
    func keepsEveryLaw(scope: Scope) {
        expectNoBreach(scope)
    }

    @Test(
        "keeps every law, whatever breaks, further out",
        .enabled(if: isDeep, "takes minutes: set REKINDLE_MODEL=deep"),
        arguments: deep
    )
    func keepsEveryLawDeep(scope: Scope) {
        expectNoBreach(scope)
    }

    private func expectNoBreach(_ scope: Scope) {
        let search = Search(
            .shipped(scope.cluster, scope.playbook),
            areAlike: scope.cluster.areAlike,
            scope.limits
        )
        var breach: Breach?
        let seconds = ContinuousClock().measure { breach = search.run() }
        print(
            "\(scope.testDescription): \(search.states) states, \(search.transitions) transitions,",
            "\(search.futures.count) futures in \(seconds)"
        )
        #expect(breach == nil, "\(breach?.text ?? "")")
        #expect(search.isComplete)
        // a resume is refused only where the safety snapshot's source died before it was saved, and where
        // another coordinator has restored the cluster since
        let other = search.futures.refusals.filter { refusal in
            !["nothing left to save", "not what it was when the plan was made", "neither what run"]
                .contains { refusal.key.contains($0) }
        }
        #expect(other == [:], "a resume was refused")
    }
}
