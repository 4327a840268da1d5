import EtcdModel
import RemoteHost

extension MemberObservation {
    /// Judges an effect on who belongs to the cluster by what its agent saw.
    func standingOfMembership(_ kind: EffectKind, _ target: MemberTarget) -> EffectStanding {
        guard case .agent(let change)? = target.role else { return .refused(.noRole(target)) }
        guard let membership else { return .refused(.clusterSilent(target)) }
        let list = membership.list
        let newcomer = change.newcomer(in: list)
        let isOldThere = change.oldID.map { list[$0] != nil } ?? false
        switch kind {
        case .removeMember:
            return isOldThere ? .ready : .done
        case .addMember:
            if newcomer != nil { return .done }
            return isOldThere ? .refused(.oldMemberThere(change)) : .ready
        case .promoteMember:
            guard let newcomer else { return .refused(.newcomerGone(change)) }
            return newcomer.isLearner ? .ready : .done
        case .disarmAlarms:
            return membership.alarms.contains { $0.name == "CORRUPT" } ? .ready : .done
        default:
            return .refused(.noRole(target))
        }
    }

    /// Judges the start of the member that joins, and what is left of it.
    func standingOfJoining(_ kind: EffectKind, _ target: MemberTarget) -> EffectStanding {
        guard case .changed? = target.role else { return .refused(.noRole(target)) }
        if kind == .forgetJoin { return hasJoinSettings ? .ready : .done }
        if let refusal = otherHoldRefusal(target) { return .refused(refusal) }
        let hasJoined = data.hasMember && isNew(data.identity, target)
        if service.heldBy == nil, service.activity == .active, hasJoined { return .done }
        // with data of its own it would not join with that of the others
        if data.hasMember, !hasJoined { return .refused(.appearedAgain(target.paths.member)) }
        // one that was started and did not get so far is given the same again
        return service.activity == .stopped && isDatabaseOpen == true
            ? .refused(.databaseOpen(target)) : .ready
    }

    /// Whether it is what the member wrote after it came again: nobody can predict its ID.
    func isNew(_ identity: WALIdentity?, _ target: MemberTarget) -> Bool {
        guard let identity else { return false }
        return identity != target.oldIdentity && identity.memberID != target.memberID
    }
}

extension Refusal {
    static func noRole(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the plan changes no membership through \(target.name)",
            hint: "this is a fault of this program: please report it"
        )
    }

    static func clusterSilent(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the cluster does not tell its members, asked through \(target.name)",
            hint: "the others must have a leader: see `rekindle check`, mend what it names, then "
                + "`rekindle resume`"
        )
    }

    static func oldMemberThere(_ change: MembershipChange) -> Refusal {
        Refusal(
            "\(change.name) is a member still: it was to be removed first",
            hint: "`rekindle resume` removes it again; two members of one name confuse everybody"
        )
    }

    static func newcomerGone(_ change: MembershipChange) -> Refusal {
        Refusal(
            "no member has the peer URLs \(change.peerURLs.joined(separator: ", ")) any more",
            hint: "somebody removed it during the run: `etcdctl member list` shows who is there"
        )
    }
}
