package import ClusterInventory
package import EtcdModel
import RemoteHost

/// Decides every setting of one member: the inventory's where it has one, else the host's.
package struct TargetBuilder: Sendable {
    package var run: RunID
    /// The run whose lock may be replaced, once its coordinator is gone.
    package var takesOver: String?
    /// The member that has the snapshot as a file; nil where none is known to.
    package var holder: SnapshotHolder?
    package var isDrill: Bool

    package init(
        run: RunID,
        takesOver: String? = nil,
        holder: SnapshotHolder? = nil,
        isDrill: Bool = false
    ) {
        self.run = run
        self.takesOver = takesOver
        self.holder = holder
        self.isDrill = isDrill
    }

    /// The member with the client URLs of its unit where the inventory has none.
    package func decided(_ given: InventoryMember, _ facts: HostFacts?) -> Member {
        var member = given.member
        if member.clientURLs.isEmpty, let urls = facts?.configuration["advertise-client-urls"] {
            member.clientURLs = urls.split(separator: ",").map(String.init)
        }
        return member
    }

    package func target(
        _ given: InventoryMember,
        _ member: Member,
        id: MemberID,
        facts: HostFacts?
    ) -> MemberTarget {
        let owner = facts.flatMap { MemberOwner.decide(member: given, facts: $0) }
        let observation = facts?.observation
        return MemberTarget(
            member: member,
            memberID: id,
            endpoint: given.endpoint,
            paths: paths(given, facts),
            user: owner?.user ?? given.etcd.user ?? "etcd",
            group: owner?.group ?? given.etcd.group ?? given.etcd.user ?? "etcd",
            service: given.service,
            tools: MemberTools(
                restore: facts?.tools.restoreTool?.path ?? tool("etcdutl", given),
                restoreVersion: facts?.tools.restoreTool?.version,
                etcdctl: facts?.tools.etcdctl?.path ?? tool("etcdctl", given),
                digest: facts?.tools.digest ?? .sha256sum,
                zstd: facts?.tools.hasZstd ?? false,
                gzip: facts?.tools.hasGzip ?? false
            ),
            // a scratch member's socket is reached by nobody whom it would have to be hidden from
            clientTLS: isDrill || given.etcd.cacert == nil && given.etcd.cert == nil
                ? nil
                : ClientTLS(
                    cacert: given.etcd.cacert,
                    cert: given.etcd.cert,
                    key: given.etcd.key
                ),
            login: given.etcd.login,
            hasOldData: observation?.data.hasMember ?? false,
            oldIdentity: observation?.data.identity,
            wasActive: facts?.unit.activity.activity == .active,
            takesOver: takesOver.flatMap { run in
                observation?.lock?.run == run || observation?.service.heldBy == run ? run : nil
            },
            checksAtStart: facts?.configuration.checksAtStart == true ? true : nil,
            snapshotFile: holder.flatMap { $0.member == member.name ? $0.path : nil },
            // a drill stops nothing
            dependents: isDrill ? nil : facts.flatMap(Self.dependents)
        )
    }

    package func paths(_ given: InventoryMember, _ facts: HostFacts?) -> MemberPaths {
        MemberPaths(
            dataDir: facts?.dataDir?.realPath ?? given.etcd.dataDir ?? "/var/lib/etcd",
            walDir: facts?.walDir?.realPath ?? given.etcd.walDir,
            run: run
        )
    }

    private static func dependents(_ facts: HostFacts) -> [String]? {
        let names = facts.unit.dependents.filter(\.isUp).map(\.name)
        return names.isEmpty ? nil : names
    }

    private func tool(_ name: String, _ member: InventoryMember) -> String {
        member.etcd.binDir.map { "\($0)/\(name)" } ?? name
    }
}
