/// Which member a snapshot that is to be kept is saved from.
package enum BackupSource {
    /// A follower that knows its leader, the one that is furthest; else the leader; nil where none is healthy.
    ///
    /// Reading a whole database costs a leader more than it costs a follower: writes wait for it.
    package static func member(of names: [String], _ facts: [String: HostFacts]) -> String? {
        names.filter { name in
            facts[name]?.live.map { $0.leader != nil && !$0.isLearner } ?? false
        }
        .max { one, other in
            rank(facts[one]?.live) < rank(facts[other]?.live)
        }
    }

    private static func rank(_ live: LiveMember?) -> (Int, Int64) {
        guard let live else { return (0, 0) }
        return (live.isLeader ? 1 : 2, live.revision)
    }
}
