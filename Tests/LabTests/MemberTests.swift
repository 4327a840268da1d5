import Foundation
import Glibc
import Testing

/// One member of three leaves and comes again, while the others serve.
@Suite(
    "A member that is replaced or rebuilt",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("member", etcd: "3.5")
)
struct MemberTests {
    /// The cluster is the one that it was, with one member that has another ID, and serves all data.
    private func requireRebuilt(_ lost: LostCluster, _ name: String) throws {
        let now = try lost.lab.identity()
        #expect(now.cluster == lost.oldIdentity.cluster)
        for (member, id) in now.members {
            #expect((id == lost.oldIdentity.members[member]) == (member != name), "\(member)")
        }
        #expect(now.members.count == lost.oldIdentity.members.count)
        #expect(try lost.lab.contents() == lost.newest)
        #expect(Set(try lost.lab.hashKV()).count == 1, "HashKV")
        for member in try lost.lab.members {
            let left = try lost.lab.exec(
                member,
                "ls -d /etc/systemd/system/etcd.service.d \(lost.lab.dataDirectory)/.rekindle/lock "
                    + "2>/dev/null; true"
            )
            #expect(left.outputText == "", "etcd-\(member)")
        }
    }

    /// No lock, no hold, no member gone.
    private func requireUntouched(_ lost: LostCluster) throws {
        try lost.requireOldCluster()
        for member in try lost.lab.members {
            let left = try lost.lab.exec(
                member,
                "ls -d /etc/systemd/system/etcd.service.d \(lost.lab.dataDirectory)/.rekindle "
                    + "2>/dev/null; true"
            )
            #expect(left.outputText == "", "etcd-\(member)")
        }
    }

    @Test("is rebuilt where its database is damaged, and serves what the others do")
    func rebuild() throws {
        let lost = try LostCluster(.current)
        try lost.lab.exec(
            2,
            "systemctl stop etcd; head -c 65536 /dev/urandom | dd conv=notrunc bs=4096 seek=2 "
                + "of=\(lost.lab.dataDirectory)/member/snap/db 2>/dev/null; systemctl start --no-block etcd"
        )
        let result = try lost.rekindle("member", "rebuild", "etcd-2", "--yes", "--output", "json")
        try #require(result.status == 0, "\(result.errorText)")
        #expect(try RunDocument(result).outcome == "changed")
        try requireRebuilt(lost, "etcd-2")
        let rollback = try lost.rekindle("rollback", "--yes")
        #expect(rollback.status == 3, "\(rollback.errorText)")
        #expect(rollback.errorText.contains("let the member go"), "\(rollback.errorText)")
        let clean = try lost.rekindle("clean", "--yes", "-q")
        #expect(clean.status == 0, "\(clean.errorText)")
        let left = try lost.lab.exec(2, "ls -A \(lost.lab.dataDirectory)").outputText
        #expect(left == "member\n")
    }

    @Test("is replaced where its host lost all data, the directory too")
    func replace() throws {
        let lost = try LostCluster(.current)
        try lost.lab.exec(3, "systemctl stop etcd; rm -rf \(lost.lab.dataDirectory)")
        let result = try lost.rekindle("member", "replace", "etcd-3", "--yes", "-q")
        try #require(result.status == 0, "\(result.errorText)")
        try requireRebuilt(lost, "etcd-3")
        let owner = try lost.lab.exec(3, "stat -c %U:%G:%a \(lost.lab.dataDirectory)").outputText
        #expect(owner == "etcd:etcd:700\n")
    }

    @Test(
        "comes again where the coordinator was killed at any step",
        arguments: [
            Moment.before("remove-member"), .before("set-aside-data"), .before("add-member"),
            .before("join-cluster"), .before("promote-member"),
        ]
    )
    func killed(_ moment: Moment) throws {
        let lost = try LostCluster(.current)
        try lost.die(["member", "rebuild", "etcd-1", "--yes", "-q"], at: moment)
        let resume = try lost.rekindle("resume", "-q")
        try #require(resume.status == 0, "\(resume.errorText)")
        try requireRebuilt(lost, "etcd-1")
    }

    @Test("is as it was after a rollback, as long as the cluster has not let it go")
    func rollback() throws {
        let lost = try LostCluster(.current)
        try lost.die(["member", "rebuild", "etcd-2", "--yes", "-q"], at: .before("stop-service"))
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
    }

    /// What forbids it.
    enum Obstacle: String, CaseIterable, CustomTestStringConvertible {
        case another = "another member is down"
        case away = "its host does not answer"
        case wrapped = "its unit runs etcd through a shell"
        case unknown = "the inventory has no such member"

        var testDescription: String { rawValue }
    }

    @Test("is refused, and nothing is touched, where", arguments: Obstacle.allCases)
    func refused(_ obstacle: Obstacle) throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        let sshd = "ssh.service"
        switch obstacle {
        case .another: try lab.exec(3, "systemctl stop etcd")
        case .away: try lab.exec(2, "systemctl stop \(sshd)")
        case .wrapped:
            try lab.exec(
                2,
                "mkdir -p /run/systemd/system/etcd.service.d; printf "
                    + "'[Service]\\nExecStart=\\nExecStart=/bin/sh -c \"exec /usr/bin/etcd\"\\n' "
                    + ">/run/systemd/system/etcd.service.d/shell.conf; systemctl daemon-reload"
            )
        case .unknown: break
        }
        let name = obstacle == .unknown ? "etcd-9" : "etcd-2"
        let result = try lost.rekindle("member", "rebuild", name, "--yes")
        #expect(result.status == (obstacle == .unknown ? 64 : 3), "\(result.errorText)")
        #expect(result.errorText.contains("HINT: "), "\(result.errorText)")
        switch obstacle {
        case .another: try lab.exec(3, "systemctl start etcd")
        case .away: try lab.exec(2, "systemctl start \(sshd)")
        case .wrapped:
            try lab.exec(
                2,
                "rm -r /run/systemd/system/etcd.service.d; systemctl daemon-reload"
            )
        case .unknown: break
        }
        try requireUntouched(lost)
    }
}

/// The same with the oldest etcd that Rekindle knows.
@Suite(
    "A member that is rebuilt with etcd 3.4",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("member34", etcd: "3.4")
)
struct OldMemberTests {
    @Test("serves what the others do")
    func rebuild() throws {
        let lost = try LostCluster(.current)
        let result = try lost.rekindle("member", "rebuild", "etcd-1", "--yes", "-q")
        try #require(result.status == 0, "\(result.errorText)")
        let now = try lost.lab.identity()
        #expect(now.cluster == lost.oldIdentity.cluster)
        #expect(now.members["etcd-1"] != lost.oldIdentity.members["etcd-1"])
        #expect(try lost.lab.contents() == lost.newest)
        #expect(Set(try lost.lab.hashKV()).count == 1, "HashKV")
    }
}
