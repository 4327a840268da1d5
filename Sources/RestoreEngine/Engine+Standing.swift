import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun

extension Engine {
    /// The ended stages that need no second walk: what they established still is so on every host.
    ///
    /// A run that is taken up again trusts its hosts over its journal: a hold that was lifted
    /// meanwhile is put back, a snapshot's copy that is gone is copied again. It does so only as
    /// long as nothing was started, by this run or by anybody, and every lock is still this run's:
    /// what a person did on a host meanwhile is not ours to undo, and is refused where the run goes
    /// on. Once it has begun to start, only the start is looked at again: an etcd that died before
    /// its proof is started once more.
    func standingStages() async -> Set<StageID> {
        let state = await recorder.state
        let ended = state.endedStages
        guard !ended.isEmpty, let looks = await looks() else { return ended }
        if state.effects.keys.contains(where: { $0.kind.endsHold }) {
            return ended.filter { id in
                !stage(id).effects.contains { $0.kind.endsHold } || isDone(id, by: looks)
            }
        }
        let stopped = ended.flatMap { stage($0).effects }.filter { $0.kind == .stopService }
        guard stopped.allSatisfy({ looks[$0.member]?.service.activity == .stopped }) else {
            return ended
        }
        return ended.filter { isDone($0, by: looks) }
    }

    private func isDone(_ id: StageID, by looks: [String: MemberObservation]) -> Bool {
        stage(id).effects.allSatisfy { effect in
            guard let look = looks[effect.member],
                let target = plan.target(named: effect.member)
            else { return false }
            // its lock is ours, and it must not make anew what a clean deleted
            if effect.kind == .takeLock, plan.kind == .clean { return true }
            return look.standing(of: effect.kind, target: target, in: plan) == .done
        }
    }

    private func stage(_ id: StageID) -> Stage { plan.steps[id.step].stages[id.stage] }

    /// One look at every host; nil unless all answer and are locked by this run.
    private func looks() async -> [String: MemberObservation]? {
        await withTaskGroup(of: (String, MemberObservation?).self) { group in
            for target in plan.targets {
                group.addTask {
                    guard let link = fleet[target.name] else { return (target.name, nil) }
                    let script = ObservationScript(target: target)
                    let answer = try? await link.run(script.command)
                    let look = answer.flatMap { script.read($0.outputText) }
                    return (target.name, look?.isLocked(by: target) == true ? look : nil)
                }
            }
            var looks: [String: MemberObservation] = [:]
            for await (name, look) in group { looks[name] = look }
            return looks.count == plan.targets.count ? looks : nil
        }
    }
}

extension MemberObservation {
    /// Judges one effect of the plan against this look at its host.
    func standing(of kind: EffectKind, target: MemberTarget, in plan: Plan) -> EffectStanding {
        standing(
            of: kind,
            target: target,
            restored: WALIdentity(memberID: target.memberID, clusterID: plan.clusterID),
            snapshotBytes: plan.snapshotBytes,
            leavesData: plan.kind == .clean || plan.kind == .drill
        )
    }
}
