import EtcdModel
import Testing

@Suite("The words of a restore")
struct RestoreArgumentsTests {
    private let topology = ClusterTopology(
        members: [
            Member(
                name: "etcd-1",
                peerURLs: ["https://10.0.0.1:2380", "https://etcd-1.example:2380"],
                clientURLs: ["https://10.0.0.1:2379"]
            ),
            Member(
                name: "etcd 2",
                peerURLs: ["https://[fd00::2]:2380"],
                clientURLs: ["https://[fd00::2]:2379"]
            ),
        ],
        token: "rekindle-20261122T164512Z"
    )

    private let cluster =
        "--initial-cluster=etcd-1=https://10.0.0.1:2380,etcd-1=https://etcd-1.example:2380,"
        + "etcd 2=https://[fd00::2]:2380"

    @Test("name every URL of every member, and nothing of the host's environment")
    func severalURLs() {
        let arguments = RestoreArguments(
            tool: "/usr/bin/etcdutl",
            snapshot: "/var/lib/etcd/.rekindle/run/snapshot.db",
            member: topology.members[0],
            topology: topology,
            dataDir: "/var/lib/etcd/.rekindle/run/staging",
            walDir: nil
        )
        #expect(
            arguments.words == [
                "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "ETCDCTL_API=3", "/usr/bin/etcdutl", "snapshot", "restore",
                "/var/lib/etcd/.rekindle/run/snapshot.db", "--name=etcd-1", cluster,
                "--initial-cluster-token=rekindle-20261122T164512Z",
                "--initial-advertise-peer-urls=https://10.0.0.1:2380,https://etcd-1.example:2380",
                "--data-dir=/var/lib/etcd/.rekindle/run/staging",
            ]
        )
    }

    @Test("name a WAL directory of its own last, and keep a space inside its word")
    func walDirectory() {
        let arguments = RestoreArguments(
            tool: "/opt/etcd/etcdctl",
            snapshot: "/tmp/s.db",
            member: topology.members[1],
            topology: topology,
            dataDir: "/data",
            walDir: "/wal"
        )
        #expect(
            Array(arguments.words.suffix(6)) == [
                "--name=etcd 2", cluster, "--initial-cluster-token=rekindle-20261122T164512Z",
                "--initial-advertise-peer-urls=https://[fd00::2]:2380", "--data-dir=/data",
                "--wal-dir=/wal",
            ]
        )
    }
}
