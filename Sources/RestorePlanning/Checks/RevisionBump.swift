import EtcdModel

/// A revision that is raised by the restore, so that no client goes on from one that is lost.
package enum RevisionBump {
    /// What etcd advises for Kubernetes: a week at 1500 writes a second
    /// (etcd.io, op-guide/recovery of 3.5 and 3.6).
    package static let advised: Int64 = 1_000_000_000
    /// How far beyond the highest revision that is known a raised one must begin.
    ///
    /// Nobody knows what was written since. Three and a half days at 1500 writes a second.
    package static let slack: Int64 = 500_000_000
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

    /// The checks of one host's tool, and of what clients have seen: `seen`, and what the hosts serve.
    static func checks(
        raisingBy amount: Int64?,
        _ facts: [(member: String, facts: HostFacts)],
        snapshot: SnapshotProof?,
        seen: [SeenRevision] = []
    ) -> [Check] {
        guard let amount else {
            return snapshot.flatMap { unraised($0, seen) }.map { [$0] } ?? []
        }
        var checks = facts.compactMap { member, facts in check(member, facts) }
        guard let snapshot else { return checks }
        if snapshot.hashKV(raisedBy: amount) == nil {
            checks.append(
                Check(
                    name,
                    member: nil,
                    .fails,
                    "the snapshot's proof is of an older version of Rekindle",
                    hint: "make a new plan"
                )
            )
        }
        let all =
            seen
            + facts.compactMap { member, facts in
                facts.live.map { SeenRevision($0.revision, "\(member) serves it") }
            }
        let advice =
            "`--bump-revision auto` raises it by "
            + "\(RevisionRaise.auto.amount(for: snapshot, beyond: all.highest?.revision))"
        // the tool counts from the newest record, which a compaction may have taken
        if snapshot.revision(raisedBy: amount) <= snapshot.revision {
            checks.append(
                Check(
                    name,
                    member: nil,
                    .fails,
                    "etcd's tool counts from the newest record that the compaction at "
                        + "\(snapshot.compactRevision) has left, so \(amount) raises nothing",
                    hint: advice
                )
            )
        }
        return checks + [beyond(all.highest, amount, snapshot, advice)].compactMap { $0 }
    }

    private static let name = "raised revision"

    /// Whether the raised revision is beyond what clients have seen, and far enough; nil if it is.
    private static func beyond(
        _ highest: SeenRevision?,
        _ amount: Int64,
        _ snapshot: SnapshotProof,
        _ advice: String
    ) -> Check? {
        let raised = snapshot.revision(raisedBy: amount)
        guard let highest else { return nil }
        guard raised > highest.revision else {
            return Check(
                name,
                member: nil,
                .fails,
                "\(snapshot.revision) raised by \(amount) is not beyond what clients have seen, "
                    + highest.words,
                hint: advice
            )
        }
        guard raised.subtracting(saturating: highest.revision) < slack else { return nil }
        return Check(
            name,
            member: nil,
            .warns,
            "\(snapshot.revision) raised by \(amount) is \(raised - highest.revision) beyond what "
                + "clients are known to have seen, \(highest.words); what was written since is not known",
            hint: advice
        )
    }

    /// A cluster that was raised once cannot go back to a snapshot's own revision unnoticed.
    private static func unraised(_ snapshot: SnapshotProof, _ seen: [SeenRevision]) -> Check? {
        guard let raised = seen.filter(\.isRaised).highest, raised.revision > snapshot.revision
        else { return nil }
        return Check(
            name,
            member: nil,
            .fails,
            "the restored cluster would begin at \(snapshot.revision), and clients have seen "
                + "\(raised.words): a watch that goes on from there hears nothing, without an error",
            hint: "add --bump-revision auto"
        )
    }

    private static func check(_ member: String, _ facts: HostFacts) -> Check? {
        guard let tool = facts.tools.restoreTool, let version = tool.version else { return nil }
        guard isKnown(to: version) else {
            return Check(
                name,
                member: member,
                .fails,
                "\(tool.path) \(version) has no --bump-revision",
                hint:
                    "install etcdutl 3.5.10 or later there (it restores for older servers as well), or "
                    + "restore without --bump-revision and restart every client of etcd afterwards"
            )
        }
        return Check(
            name,
            member: member,
            .holds,
            "\(tool.path) \(version) can raise it"
        )
    }
}
