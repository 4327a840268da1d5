import Foundation
import Testing

@Suite(
    "A cluster of one",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("one", members: 1, etcd: "3.5")
)
struct OneMemberTests {
    @Test("that has lost everything, its directory too, is restored by its own playbook")
    func allLost() throws {
        let lost = try LostCluster(.current)
        try lost.lab.exec(
            1,
            """
            systemctl stop etcd
            mountpoint -q \(lost.lab.dataDirectory) || rm -rf \(lost.lab.dataDirectory)
            """
        )
        let restore = try lost.rekindle(
            "restore",
            "--playbook",
            "restore-single-member",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "-q"
        )
        try #require(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        let owner = try lost.lab.exec(1, "stat -c '%U %a' \(lost.lab.dataDirectory)")
        #expect(owner.outputText == "etcd 700\n")
    }
}

@Suite(
    "A cluster of five",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("five", members: 5, etcd: "3.5")
)
struct FiveMemberTests {
    @Test("is restored with two hosts empty, one of its members rebuilt, and rolled back")
    func whole() throws {
        let lost = try LostCluster(.current)
        for member in [2, 5] {
            try lost.lab.exec(
                member,
                "systemctl stop etcd; rm -rf \(lost.lab.dataDirectory)/member"
            )
        }
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        try #require(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        // the two that were empty are empty again; three of five are a quorum
        for (member, isThere) in [(1, true), (2, false), (5, false)] {
            let list = try lost.lab.exec(member, "ls \(lost.lab.dataDirectory)").outputText
            #expect(list.contains("member") == isThere, "etcd-\(member)")
        }
    }

    @Test("takes one member out and in again while four serve")
    func rebuild() throws {
        let lost = try LostCluster(.current)
        let rebuild = try lost.rekindle("member", "rebuild", "etcd-4", "--yes", "-q")
        try #require(rebuild.status == 0, "\(rebuild.errorText)")
        #expect(try lost.lab.contents() == lost.newest)
        #expect(Set(try lost.lab.hashKV()).count == 1)
        let identity = try lost.lab.identity()
        #expect(identity.cluster == lost.oldIdentity.cluster)
        #expect(
            identity.members.filter { lost.oldIdentity.members[$0.key] != $0.value }.map(\.key) == [
                "etcd-4"
            ]
        )
    }
}
