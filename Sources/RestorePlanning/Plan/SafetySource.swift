/// Which member is asked for the snapshot that is saved before the stop.
enum SafetySource {
    /// The one that answers with the highest revision, the leader among equals; nil where none does.
    ///
    /// It need not have a quorum: a member serves its own snapshot as long as its process runs. One
    /// that was chosen before is chosen again, as long as it answers.
    static func member(
        of names: [String],
        _ facts: [String: HostFacts],
        again chosen: String? = nil
    ) -> String? {
        if let chosen, names.contains(chosen), facts[chosen]?.givesSnapshot == true {
            return chosen
        }
        var best: (name: String, live: LiveMember)?
        for name in names {
            guard facts[name]?.givesSnapshot == true, let live = facts[name]?.live, !live.isLearner
            else { continue }
            guard let other = best?.live,
                (other.revision, other.isLeader ? 1 : 0)
                    >= (live.revision, live.isLeader ? 1 : 0)
            else {
                best = (name, live)
                continue
            }
        }
        return best?.name
    }
}
