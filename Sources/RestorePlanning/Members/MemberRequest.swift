import EtcdModel

/// Which member is to be changed, and why.
package struct MemberRequest: Sendable, Hashable {
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
        /// It failed, or its host did; it may come back on another.
        case replace
        /// Its host is well, its data is not.
        case rebuild
    }

    package var purpose: Purpose
    package var name: String
    /// The host that it has until now, where it comes again on another.
    package var movedFrom: String?

    package init(_ purpose: Purpose, _ name: String, movedFrom: String? = nil) {
        self.purpose = purpose
        self.name = name
        self.movedFrom = movedFrom
    }
}

/// The cluster that a member is changed in, as its other members tell.
package struct MemberSituation: Sendable {
    package var request: MemberRequest
    /// Who tells, and is told what to change; nil where none of the others answers.
    package var agent: String?
    /// nil where the agent did not tell.
    package var membership: Membership?

    package init(request: MemberRequest, agent: String?, membership: Membership?) {
        self.request = request
        self.agent = agent
        self.membership = membership
    }

    /// Who can be asked: a follower before the leader, which has enough to do.
    package static func agent(
        for request: MemberRequest,
        among names: [String],
        _ facts: [String: HostFacts]
    ) -> String? {
        let serving = names.filter { name in
            guard name != request.name, let live = facts[name]?.live else { return false }
            return live.leader != nil && !live.isLearner
        }
        return serving.first { facts[$0]?.live?.isLeader == false } ?? serving.first
    }

    /// Who the changed member is to the cluster until now: by its name, else by its peer URLs, which
    /// is all that one has which was never started.
    func oldMember(_ peerURLs: [String]) -> MemberList.Entry? {
        let list = membership?.list
        return list?.entries.first { $0.name == request.name } ?? list?.member(at: peerURLs)
    }
}
