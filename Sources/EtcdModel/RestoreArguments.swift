/// The words of `snapshot restore`, the same for etcdutl and for etcdctl up to 3.5.
package struct RestoreArguments: Sendable, Hashable {
    package var words: [String]

    /// Neither directory may exist; without `walDir` the WAL goes into the data directory.
    ///
    /// Raised, the revision begins that much higher, and every one before is compacted.
    package init(
        tool: String,
        snapshot: String,
        member: Member,
        topology: ClusterTopology,
        dataDir: String,
        walDir: String?,
        revisionBump: Int64? = nil
    ) {
        words =
            Self.cleanEnvironment + [
                tool, "snapshot", "restore", snapshot,
                "--name=\(member.name)",
                "--initial-cluster=\(topology.initialCluster)",
                "--initial-cluster-token=\(topology.token)",
                "--initial-advertise-peer-urls=\(member.peerURLs.joined(separator: ","))",
                "--data-dir=\(dataDir)",
            ] + (walDir.map { ["--wal-dir=\($0)"] } ?? [])
            + (revisionBump.map { ["--bump-revision=\($0)", "--mark-compacted"] } ?? [])
    }

    /// The host's own `ETCDCTL_…` variables must not reach the tool: each is a flag to it.
    package static let cleanEnvironment = [
        "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "ETCDCTL_API=3",
    ]
}
