import RestorePlanning
import RestoreRun

/// How long the hooks of a run kept clients out: for Kubernetes, how long its API was away.
struct ClientsOut: Sendable, Hashable {
    var seconds: Double
    /// Whether it is an API server that was away.
    var isAPI: Bool

    var label: String { isAPI ? "API away" : "clients out" }
    var title: String { isAPI ? "API away" : "Clients out" }
    var note: String {
        isAPI
            ? ", until every API server was ready again"
            : ", from the first hook's start to the last's end"
    }
}

extension RunSummary {
    /// From the start of the first hook before the members' stop to the end of the last after their start; nil if
    /// the run has not both.
    var clientsOut: ClientsOut? {
        switch phase {
        case .completed(.restore), .completed(.rollback): break
        case .completed, .planned, .underWay, .halted, .refused: return nil
        }
        func first(_ kinds: Set<EffectKind>) -> Int? {
            plan.steps.firstIndex {
                $0.stages.contains { $0.effects.contains { kinds.contains($0.kind) } }
            }
        }
        guard let stop = first([.stopService]),
            let start = first([.startService, .startOldService])
        else { return nil }
        let hooks = plan.steps.indices.filter { plan.steps[$0].stages.contains { $0.hook != nil } }
        guard let out = hooks.first(where: { $0 < stop }),
            let back = hooks.last(where: { $0 > start }),
            let began = state.steps.first(where: { $0.step == out })?.beganAt,
            let ended = state.steps.first(where: { $0.step == back })?.endedAt
        else { return nil }
        let words = plan.steps[out].stages.first?.hook?.hook.words ?? ""
        return ClientsOut(seconds: ended - began, isAPI: words.contains("kube-apiserver"))
    }
}
