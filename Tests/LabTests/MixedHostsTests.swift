import Foundation
import Glibc
import Testing

/// Five members on three hosts, no two of which were set up alike.
@Suite(
    "A cluster whose members differ in all that may differ",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("mixed", etcd: "3.5")
)
struct MixedHostsTests {
    static let cluster = MixedCluster(members: [
        MixedMember(name: "plain", host: 1),
        // two on one host, with ports, units, directories and users of their own
        MixedMember(
            name: "left",
            host: 2,
            unit: "etcd-left.service",
            dataDir: "/var/lib/etcd-left",
            hasConfigFile: true
        ),
        MixedMember(
            name: "right",
            host: 2,
            unit: "etcd@right.service",
            dataDir: "/srv/kv/right",
            walDir: "/srv/kv-log/right/wal",
            user: "keeper",
            listenPorts: (2389, [2390])
        ),
        // names that this machine cannot resolve; the first has two peer URLs
        MixedMember(
            name: "named",
            host: 3,
            unit: "etcd-named.service",
            listenPorts: (2379, [2380, 2381]),
            hostname: "etcd-3"
        ),
        // whose programs are not in the PATH
        MixedMember(
            name: "far",
            host: 3,
            unit: "etcd-far.service",
            dataDir: "/opt/far/data",
            binDir: "/opt/etcd/bin",
            listenPorts: (2399, [2400]),
            hostname: "etcd-3"
        ),
    ])

    private func cluster() throws -> LostCluster {
        try LostCluster(.current, rebuild: Self.cluster.build)
    }

    /// Who owns each member's files now; no lock, no hold, no staging anywhere.
    private func requireTidy(_ lost: LostCluster) throws {
        for one in Self.cluster.members {
            let strangers = try lost.lab.exec(
                one.host,
                """
                find '\(one.dataDir)/member' \(one.walDir ?? "") ! -user \(one.user)
                ls -d '\(one.dataDir)/.rekindle/lock' /etc/systemd/system/\(one.unit).d 2>/dev/null
                true
                """
            ).outputText
            #expect(strangers == "", "\(one.name)")
        }
    }

    @Test("is checked, restored, proven, and put back")
    func restored() throws {
        let lost = try cluster()
        let check = try lost.rekindle("check")
        #expect(check.status == 0, "\(check.outputText)\(check.errorText)")
        // no two are ever one: on a host with two, both are stopped and both are started
        let restore = try lost.rekindle(
            "restore",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "--output",
            "json"
        )
        try #require(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        #expect(Set(try RunDocument(restore).members.map(\.name)).count == 5)
        try requireTidy(lost)
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
        try requireTidy(lost)
    }

    @Test("is restored beside what serves, where one host has two members")
    func staged() throws {
        let lost = try cluster()
        let restore = try lost.rekindle(
            "restore",
            "--playbook",
            "restore-cluster-staged",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "-q"
        )
        try #require(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        try requireTidy(lost)
    }

    @Test("is finished by resume where the run was killed, and a drill passes beside it")
    func killed() throws {
        let lost = try cluster()
        let drill = try lost.rekindle("drill", "--snapshot", lost.snapshot, "-q")
        #expect(drill.status == 0, "\(drill.outputText)\(drill.errorText)")
        try lost.die(
            ["restore", "--snapshot", lost.snapshot, "--yes", "-q"],
            at: .after("set-aside-data", members: 2)
        )
        let resume = try lost.rekindle("resume", "-q")
        try #require(resume.status == 0, "\(resume.errorText)")
        try lost.requireRestored()
        try requireTidy(lost)
    }

    @Test(
        "takes any one of its members out, and in again",
        arguments: ["left", "right", "named", "far"]
    )
    func rebuilt(_ name: String) throws {
        let lost = try cluster()
        let rebuild = try lost.rekindle("member", "rebuild", name, "--yes", "-q")
        try #require(rebuild.status == 0, "\(rebuild.errorText)")
        let now = try lost.lab.identity()
        #expect(now.cluster == lost.oldIdentity.cluster)
        let changed = now.members.filter { lost.oldIdentity.members[$0.key] != $0.value }
        #expect(Array(changed.keys) == [name])
        #expect(try lost.lab.contents() == lost.newest)
        #expect(Set(try lost.lab.hashKV()).count == 1, "HashKV")
        try requireTidy(lost)
    }
}
