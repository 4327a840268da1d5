import EtcdModel

/// Whether a host's etcd, and the tool that restores there, are for the snapshot's data.
enum VersionChecks {
    /// One for the snapshot if it does not say its version, else one for each host.
    static func of(
        _ snapshot: SnapshotProof,
        _ hosts: [(member: String, facts: HostFacts)]
    ) -> [Check] {
        guard let origin = snapshot.etcdVersion else {
            return [
                Check(
                    "snapshot version",
                    member: nil,
                    .warns,
                    "the snapshot does not say which version of etcd wrote it",
                    hint: "see that the servers are not older than the cluster that it is of"
                )
            ]
        }
        return hosts.map { check(origin, $0.member, $0.facts) }
    }

    private static func check(_ origin: EtcdVersion, _ member: String, _ facts: HostFacts) -> Check
    {
        func check(_ verdict: Check.Verdict, _ saw: String, hint: String? = nil) -> Check {
            Check("snapshot version", member: member, verdict, saw, hint: hint)
        }
        let told = "the snapshot is of etcd \(origin.minorText)"
        let server = facts.serverVersion
        let tool = facts.tools.restoreTool?.version
        // 3.6 takes its members from the database, where the tool of 3.4 leaves the old ones (etcd#20967)
        if let tool, tool.minorPair < (3, 5), max(server ?? origin, origin).minorPair >= (3, 6) {
            return check(
                .fails,
                "\(told), the server \(server?.description ?? "not known"), and the tool that restores is "
                    + "\(tool): it leaves members of the old cluster in the data",
                hint: "install etcdutl of the server's version on the host"
            )
        }
        guard let server else {
            return check(
                .warns,
                "\(told); the version of the server is not known",
                hint: "see on the host that etcd is not older than \(origin.minorText)"
            )
        }
        if origin.minorPair > server.minorPair {
            let saw =
                "\(told), the server is \(server): etcd does not support data of a newer version"
            let hint =
                "install etcd \(origin.minorText) on the host, or take a snapshot of a cluster of "
                + "\(server.minorText)"
            // of 3.5 on 3.4 it is known to go well; since 3.6 the data has a version, which etcd looks at
            return check(origin.minorPair >= (3, 6) ? .fails : .warns, saw, hint: hint)
        }
        return check(.holds, "\(told), the server is \(server)")
    }
}

extension SnapshotProof {
    /// Of the cluster's version and the data's own the newer one; nil if it has neither.
    var etcdVersion: EtcdVersion? {
        [clusterVersion, storageVersion].compactMap { $0.flatMap(EtcdVersion.init(text:)) }.max()
    }
}

extension HostFacts {
    /// Of the program on the host, else of the etcd that answers.
    var serverVersion: EtcdVersion? {
        tools.etcd?.version ?? live.flatMap { EtcdVersion(text: $0.version) }
    }
}

extension EtcdVersion {
    fileprivate var minorPair: (Int, Int) { (major, minor) }
    fileprivate var minorText: String { "\(major).\(minor)" }
}
