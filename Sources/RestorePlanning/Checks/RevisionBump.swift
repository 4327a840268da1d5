import EtcdModel

/// A revision that is raised by the restore, so that no client goes on from one that is lost.
package enum RevisionBump {
    /// What etcd advises for Kubernetes: a week at 1500 writes a second
    /// (etcd.io, op-guide/recovery of 3.5 and 3.6).
    package static let advised: Int64 = 1_000_000_000
    /// Raised a million times by the advised amount, a revision still fits its 63 bits.
    package static let range: ClosedRange<Int64> = 1...1_000_000_000_000

    /// `auto`, or a whole number in range.
    package static func amount(_ text: String) -> Int64? {
        text == "auto" ? advised : Int64(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// Whether the tool has `--bump-revision` and `--mark-compacted`: since 3.4.27, 3.5.10 and 3.6.
    static func isKnown(to tool: EtcdVersion) -> Bool {
        switch (tool.major, tool.minor) {
        case (3, ..<4): false
        case (3, 4): tool.patch >= 27
        case (3, 5): tool.patch >= 10
        case (..<3, _): false
        default: true
        }
    }

    /// The checks of one host's tool, and of the running cluster.
    static func checks(
        raisingBy amount: Int64?,
        _ facts: [(member: String, facts: HostFacts)],
        snapshot: SnapshotProof?
    ) -> [Check] {
        guard let amount else { return [] }
        var checks = facts.compactMap { member, facts in check(member, facts) }
        guard let snapshot else { return checks }
        if snapshot.hashKV(raisedBy: amount) == nil {
            checks.append(
                Check(
                    "raised revision",
                    member: nil,
                    .fails,
                    "the snapshot's proof is of an older version of Rekindle",
                    hint: "make a new plan"
                )
            )
        }
        // the tool counts from the newest record, which a compaction may have taken
        let counted = snapshot.latestRecords?.lastRevision ?? snapshot.revision
        if snapshot.revision(raisedBy: amount) <= snapshot.revision {
            let least = snapshot.revision.subtracting(saturating: counted)
            checks.append(
                Check(
                    "raised revision",
                    member: nil,
                    .fails,
                    "etcd's tool counts from the newest record that the compaction at "
                        + "\(snapshot.compactRevision) has left, so \(amount) raises nothing",
                    hint: "raise it by more than \(least)"
                )
            )
        }
        let live = facts.compactMap { $0.facts.live?.revision }.max()
        if let live, snapshot.revision(raisedBy: amount) <= live {
            checks.append(
                Check(
                    "raised revision",
                    member: nil,
                    .fails,
                    "\(snapshot.revision) raised by \(amount) is not beyond the running cluster's "
                        + "revision, \(live)",
                    hint: "raise it by more than \(live.subtracting(saturating: counted))"
                )
            )
        }
        return checks
    }

    private static func check(_ member: String, _ facts: HostFacts) -> Check? {
        guard let tool = facts.tools.restoreTool, let version = tool.version else { return nil }
        guard isKnown(to: version) else {
            return Check(
                "raised revision",
                member: member,
                .fails,
                "\(tool.path) \(version) has no --bump-revision",
                hint:
                    "install etcdutl 3.5.10 or later there (it restores for older servers as well), or "
                    + "restore without --bump-revision and restart every client of etcd afterwards"
            )
        }
        return Check(
            "raised revision",
            member: member,
            .holds,
            "\(tool.path) \(version) can raise it"
        )
    }
}
