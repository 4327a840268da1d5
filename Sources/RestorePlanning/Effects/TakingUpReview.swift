import EtcdModel
import RemoteHost

/// Judges whether a run may be taken up, by one look at every host before anything is written anywhere.
///
/// An effect is judged again right before it happens. This review comes first so that no member is stopped for
/// a run that another host then refuses.
package struct TakingUpReview: Sendable {
    /// What the run is to go on with, or to turn to.
    private let plan: Plan

    package init(_ plan: Plan) {
        self.plan = plan
    }

    /// Returns why the plan must not go on, by the member's name; empty if nothing forbids it.
    package func refusals(_ looks: [String: MemberObservation]) -> [(member: String, Refusal)] {
        plan.targets.compactMap { target in
            looks[target.name].flatMap { refusal(target, $0) }.map { (member: target.name, $0) }
        }
    }

    private func refusal(_ target: MemberTarget, _ look: MemberObservation) -> Refusal? {
        let run = target.paths.run
        // of what is in another's directory nothing is known
        if let foreign = look.foreign { return .foreignDirectory(foreign, target) }
        if let lock = look.lock, lock.run != run, lock.run != target.takesOver || !lock.isStale {
            return .lockedByOther(lock, target)
        }
        switch plan.kind {
        case .drill: return nil
        case .clean:
            let isOnlyCopy = look.setAside.hasMember && !look.data.hasMember
            return target.scratch == nil && isOnlyCopy ? .onlyCopy(target) : nil
        case .member: return changes(target) ? look.otherHoldRefusal(target) : nil
        case .restore, .join, .unjoin, .rollback: break
        }
        // a member that a change leaves alone has whatever data it has
        guard target.role == nil || target.isChanged else { return nil }
        if changes(target), let refusal = look.otherHoldRefusal(target) { return refusal }
        let restored = WALIdentity(memberID: target.memberID, clusterID: plan.clusterID)
        if target.isChanged
            ? look.holdsAnyBut(target.oldIdentity) : look.holdsForeignData(target, restored)
        {
            return .foreignData(target, look)
        }
        guard plan.kind == .rollback || plan.kind == .unjoin, changes(target) else { return nil }
        return look.hasOldData(target) ? nil : .oldDataGone(target)
    }

    /// Whether the plan moves the member's data, or starts or stops it.
    private func changes(_ target: MemberTarget) -> Bool {
        plan.steps.contains { step in
            step.stages.contains { stage in
                stage.effects.contains { effect in
                    effect.member == target.name && (effect.kind.movesData || effect.kind.endsHold)
                }
            }
        }
    }
}

extension MemberObservation {
    fileprivate func holdsAnyBut(_ old: WALIdentity?) -> Bool {
        data.identity.map { $0 != old } ?? false
    }

    /// Whether the old data is in place or set aside, or on its way between the two; true if there was none.
    ///
    /// A separate WAL is renamed by itself, and the identity is the WAL's.
    fileprivate func hasOldData(_ target: MemberTarget) -> Bool {
        guard target.hasOldData else { return true }
        let isOldInPlace = data.identity == target.oldIdentity
        guard target.paths.walDir != nil else {
            return setAside.hasMember || (data.hasMember && isOldInPlace)
        }
        let hasWALAside = setAside.hasSeparateWAL
        return setAside.hasMember
            ? hasWALAside || isOldInPlace
            : data.hasMember && (isOldInPlace || (!data.hasSeparateWAL && hasWALAside))
    }
}
