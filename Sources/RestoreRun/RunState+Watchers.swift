package import RestorePlanning

extension RunState {
    /// Whether clients may have watched the restored cluster, whose revision the plan raised.
    ///
    /// Where hooks keep the clients out, as those that take kube-apiserver down do, nobody has watched before the
    /// hooks that let them in again; else somebody may have since a member was started.
    package func mayHaveBeenWatched(_ restore: Plan) -> Bool {
        guard restore.kind == .restore, restore.revisionBump != nil, !started.isEmpty else {
            return false
        }
        switch phase {
        case .planned(.restore), .underWay(.restore), .halted(.restore, _): break
        case .planned, .underWay, .halted, .completed, .refused, nil: return true
        }
        guard let opening = restore.stepThatLetsClientsIn else { return true }
        return steps.contains { $0.step >= opening }
    }
}

extension Plan {
    /// The first hook after the members' start, if a hook before their stop keeps clients out; nil if none does.
    ///
    /// What a hook does is the playbook's own: one before the stop that is undone at the end counts as keeping
    /// clients out.
    package var stepThatLetsClientsIn: Int? {
        func first(_ kind: EffectKind) -> Int? {
            steps.firstIndex { $0.stages.contains { $0.effects.contains { $0.kind == kind } } }
        }
        guard let stop = first(.stopService), let start = first(.startService) else { return nil }
        let hooks = steps.indices.filter { steps[$0].stages.contains { $0.hook != nil } }
        guard hooks.contains(where: { $0 < stop && steps[$0].stages.first?.hook?.hook.undo != nil })
        else { return nil }
        return hooks.first { $0 > start }
    }

    /// The first hook before the members' stop that keeps clients out; nil if none does.
    package var stepThatKeepsClientsOut: Int? {
        guard let opening = stepThatLetsClientsIn else { return nil }
        return steps.indices.first {
            $0 < opening && steps[$0].stages.first?.hook?.hook.undo != nil
        }
    }
}
