import ClusterInventory
import EtcdModel

/// The checks that compare members, and the snapshot, with one another.
struct ClusterChecks {
    let inventory: Inventory
    /// The members that are restored.
    let members: [InventoryMember]
    let findings: [String: MemberFindings]
    let snapshot: SnapshotProof?

    func all() -> [Check] {
        [toolVersions()] + (snapshot.map { snapshotChecks($0) } ?? []) + live()
    }

    private var facts: [HostFacts] { known.map(\.facts) }

    /// The members whose hosts have told something.
    private var known: [(member: String, facts: HostFacts)] {
        members.compactMap { member in
            findings[member.member.name]?.facts.map { (member.member.name, $0) }
        }
    }

    /// Restored databases are alike only where the same tool made them.
    private func toolVersions() -> Check {
        let versions = Set(facts.compactMap { $0.tools.restoreTool?.version?.description })
        return versions.count <= 1
            ? Check("same tools", member: nil, .holds, versions.first ?? "none known")
            : Check(
                "same tools",
                member: nil,
                .warns,
                "the restore tools differ: \(versions.sorted().joined(separator: ", "))",
                hint: "install one version of etcd on every member"
            )
    }

    /// Whose snapshot it is where no manifest says it: its members are the inventory's, or it is told.
    private func snapshotMembers(_ snapshot: SnapshotProof) -> [Check] {
        func told(_ what: String, _ old: Set<String>, _ new: Set<String>) -> [Check] {
            [
                Check(
                    "snapshot members",
                    member: nil,
                    .warns,
                    "the snapshot is of \(what)\(old.sorted().joined(separator: ", ")), the inventory has "
                        + new.sorted().joined(separator: ", "),
                    hint: "is it the snapshot of this cluster?"
                )
            ]
        }
        guard !snapshot.members.isEmpty else { return [] }
        let old = Set(snapshot.members.map(\.name))
        let new = Set(inventory.members.map(\.member.name))
        guard old == new else { return told("", old, new) }
        // many clusters have members of the same names
        let oldURLs = Set(snapshot.members.flatMap(\.peerURLs))
        let newURLs = Set(inventory.members.flatMap(\.member.peerURLs))
        guard !oldURLs.isEmpty, !newURLs.isEmpty, oldURLs.isDisjoint(with: newURLs) else {
            return []
        }
        return told("members at ", oldURLs, newURLs)
    }

    private func snapshotChecks(_ snapshot: SnapshotProof) -> [Check] {
        var checks =
            VersionChecks.of(snapshot, known)
            + AuthenticationChecks.snapshot(
                snapshot,
                members.map { ($0, findings[$0.member.name]?.facts) }
            )
        if !snapshot.alarms.isEmpty {
            checks.append(
                Check(
                    "snapshot alarms",
                    member: nil,
                    .warns,
                    "the snapshot carries \(snapshot.alarms.joined(separator: ", "))",
                    hint: "the restored cluster refuses writes until `etcdctl alarm disarm`; the "
                        + "proof waits for that: disarm, then `rekindle resume`"
                )
            )
        }
        checks += snapshotMembers(snapshot)
        for (name, facts) in known {
            let quota = facts.configuration["quota-backend-bytes"].flatMap(UInt64.init)
            // 2 GiB where it is not set or 0 (DefaultQuotaBytes, server/storage/quota.go of 3.5)
            let limit = quota.flatMap { $0 == 0 ? nil : $0 } ?? 2 << 30
            if snapshot.bytes > limit {
                checks.append(
                    Check(
                        "quota",
                        member: name,
                        .warns,
                        "the snapshot has \(ByteText.describe(snapshot.bytes)), etcd's quota is "
                            + ByteText.describe(limit),
                        hint: "raise quota-backend-bytes, or the cluster will refuse writes"
                    )
                )
            }
        }
        return checks
    }

    private func live() -> [Check] {
        let live = facts.compactMap(\.live)
        var checks: [Check] = []
        let clusters = Set(live.map(\.clusterID))
        if clusters.count > 1 {
            checks.append(
                Check(
                    "one cluster",
                    member: nil,
                    .warns,
                    "the members that answer are of \(clusters.count) clusters: "
                        + clusters.map(\.description).sorted().joined(separator: ", "),
                    hint: "are all hosts of the inventory meant to be one cluster? All of them "
                        + "will be replaced"
                )
            )
        }
        if let snapshot, let newest = live.map(\.revision).max(), newest > snapshot.revision {
            checks.append(
                Check(
                    "newer data",
                    member: nil,
                    .warns,
                    newest.subtracting(saturating: snapshot.revision) == 1
                        ? "the running cluster is 1 revision newer than the snapshot "
                            + "(\(newest) against \(snapshot.revision)): it will be gone"
                        : "the running cluster is \(newest.subtracting(saturating: snapshot.revision)) revisions newer than "
                            + "the snapshot (\(newest) against \(snapshot.revision)): they will be "
                            + "gone",
                    hint: "a snapshot of it is saved before the stop, unless the playbook does "
                        + "without"
                )
            )
        }
        return checks
    }
}
