import RestorePlanning
import RestoreRun

/// A run in each of its phases, and an event of each kind, for tables.
enum RunSamples {
    static let stage = StageID(step: 0, stage: 0)
    static let effect = EffectID(stage: stage, member: "etcd-1", kind: .stopService)
    static let failure = RunFailure(host: "etcd-1", message: "it broke")
    static let coordinator = CoordinatorRecord(
        operator: Operator(user: "ops", coordinator: "laptop"),
        process: 1,
        version: "test"
    )

    static func plan(_ kind: Plan.Kind) -> RunEvent {
        .planned(PlanRecord(kind: kind, cluster: "prod", playbook: "p", sha256: "00"))
    }

    /// Every way to be, with the events that lead there.
    static let histories: [(phase: String, events: [RunEvent])] = [
        ("new", []),
        ("planned", [plan(.restore)]),
        ("under way", [plan(.restore), .began(coordinator)]),
        ("in a stage", [plan(.restore), .began(coordinator), .stageBegan(stage)]),
        ("failed", [plan(.restore), .began(coordinator), .ended(.failed([failure]))]),
        ("interrupted", [plan(.restore), .began(coordinator), .ended(.interrupted)]),
        ("refused", [plan(.restore), .began(coordinator), .ended(.refused([failure]))]),
        ("restored", [plan(.restore), .began(coordinator), .ended(.completed)]),
        (
            "rolled back",
            [
                plan(.restore), .began(coordinator), .ended(.failed([failure])), plan(.rollback),
                .began(coordinator), .ended(.completed),
            ]
        ),
        (
            "cleaned",
            [
                plan(.restore), .began(coordinator), .ended(.completed), plan(.clean),
                .began(coordinator), .ended(.completed),
            ]
        ),
    ]

    private static let restored: [RunEvent] = [
        plan(.restore), .began(coordinator), .ended(.completed),
    ]

    /// What comes of members that were left out; not a table of its own for every request.
    static let joins: [(phase: String, events: [RunEvent])] = [
        ("joining", restored + [plan(.join), .began(coordinator)]),
        (
            "join undone",
            restored + [
                plan(.join), .began(coordinator), .ended(.failed([failure])), plan(.unjoin),
                .began(coordinator), .ended(.completed),
            ]
        ),
        (
            "undoing a join",
            restored + [plan(.join), .began(coordinator), .ended(.interrupted), plan(.unjoin)]
        ),
    ]

    static let events: [(name: String, event: RunEvent)] = [
        ("plan restore", plan(.restore)),
        ("plan rollback", plan(.rollback)),
        ("plan clean", plan(.clean)),
        ("begin", .began(coordinator)),
        ("stage begins", .stageBegan(stage)),
        ("intent", .intended(effect, attempt: 1)),
        ("settled", .settled(effect, how: .acted)),
        ("stumbled", .stumbled(effect, attempt: 1, failure, willRetry: true)),
        ("stage ends", .stageEnded(stage)),
        (
            "proved",
            .proved(
                ProofRecord(name: "leader", member: nil, expected: "1", observed: "1", holds: true)
            )
        ),
        ("completed", .ended(.completed)),
        ("failed", .ended(.failed([failure]))),
        ("interrupted", .ended(.interrupted)),
        ("refused", .ended(.refused([failure]))),
    ]

    static func state(after events: [RunEvent]) throws -> RunState {
        var state = RunState()
        for (time, event) in events.enumerated() { try state.apply(event, at: Double(time)) }
        return state
    }
}
