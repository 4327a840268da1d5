import ClusterInventory
import EtcdModel

extension Plan {
    /// Returns the same plan without what it does to these members.
    ///
    /// Every stage keeps its place, because a journal names stages by number: a run that is under way can
    /// lose a member and go on.
    package func fencing(_ members: [FencedMember]) -> Plan {
        let names = Set(members.map(\.name)).intersection(targets.map(\.name))
        guard !names.isEmpty else { return self }
        var plan = self
        plan.targets.removeAll { names.contains($0.name) }
        plan.fenced += members.filter { names.contains($0.name) }
        for step in plan.steps.indices {
            for stage in plan.steps[step].stages.indices {
                plan.steps[step].stages[stage].leaveOut(names, first: plan.targets.first?.name)
            }
        }
        return plan
    }

    /// Returns what the run may have left on the member's host, each item in a few words.
    package func leftovers(on target: MemberTarget) -> [String] {
        [
            "the lock \(target.paths.lock)", "the hold of \(target.service.title)",
            "the directory \(target.paths.runDirectory)",
        ] + (target.paths.walRunDirectory.map { ["the directory \($0)"] } ?? [])
    }
}

extension Stage {
    /// Removes the members from whatever the stage does; `first` is asked in the place of one of them.
    fileprivate mutating func leaveOut(_ names: Set<String>, first: String?) {
        effects.removeAll { names.contains($0.member) }
        proof?.members.removeAll { names.contains($0.name) }
        comparison?.copies.removeAll { names.contains($0.member) }
        relay?.hops.removeAll { names.contains($0.member) }
        hook?.hosts.removeAll { names.contains($0.name) }
        if let asked = dataChecks?.member, names.contains(asked), let first {
            dataChecks?.member = first
        }
    }
}
