import Foundation
import Testing

/// The snapshot handed on from host to host.
@Suite(
    "A restore with a relay",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("relay", etcd: "3.5")
)
struct RelayTests {
    private static let playbook = """
        name: relayed
        description: As restore-cluster, handed on from host to host.
        distribute: relay
        steps: [stop-members, distribute-snapshot, archive-data, restore-snapshot,
          set-ownership, start-members, verify-cluster]

        """

    @Test("sends the bytes over the coordinator's link once, and leaves nothing on any host")
    func restores() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        // enough that what else crosses the wire does not matter
        try lab.script("load", ["24", "--prefix", "/more"])
        let large = lost.scratch.file("large.db")
        try lab.script("snapshot", [large])
        let packed = try Program.require(
            "/bin/sh",
            ["-c", "zstd -1 -c \"$1\" | wc -c", "sh", large]
        ).outputText
        let size = try #require(Double(packed.trimmingCharacters(in: .whitespacesAndNewlines)))
        let before = try traffic(lab)
        try restore(lost, large)
        let after = try traffic(lab)
        let sent = Double(after.sent - before.sent)
        #expect(sent > 0.9 * size)
        // what else crosses the wire is small beside it
        #expect(sent < 1.6 * size, "\(sent) bytes for \(size)")
        for (before, after) in zip(before.received, after.received) {
            #expect(Double(after - before) > 0.9 * size, "each has had it over the wire")
        }
        let journal = lost.journal.text
        #expect(journal.contains(#""chain":["etcd-1","etcd-2","etcd-3"]"#))
        #expect(!journal.contains("broke"))
        try requireNothingLeft(lab)
        try lab.requireTidy(after: lost.journal.run)
    }

    @Test("sends to a host directly whose port is taken, and says so")
    func portTaken() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        // it takes the port as soon as etcd lets go of it
        try lab.exec(
            2,
            "setsid perl -MSocket -e '"
                + "for (1..4000) { socket(S,PF_INET,SOCK_STREAM,0); "
                + "setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1); "
                + "if (bind(S,sockaddr_in(2380,INADDR_ANY)) and listen(S,5)) { sleep 4; exit } "
                + "select(undef,undef,undef,0.005) }' >/dev/null 2>&1 &"
        )
        let result = try restore(lost, lost.snapshot)
        #expect(result.errorText.contains("sent to directly"), "\(result.errorText)")
        #expect(result.errorText.contains("coordinator → etcd-1 → etcd-3"))
        try lost.requireRestored()
        try requireNothingLeft(lab)
    }

    @Test("goes on from where it was when its coordinator was killed in the middle")
    func killed() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        try lab.script("load", ["24", "--prefix", "/more"])
        let large = lost.scratch.file("large.db")
        try lab.script("snapshot", [large])
        let running = try lost.start(try words(lost, large) + ["--bandwidth", "1M"])
        let partial = "\(try lab.dataDirectory)/.rekindle/*/snapshot.db.part"
        let isUnderWay = Watchdog.wait(atMost: 60, every: 50_000) {
            (try? lab.exec(3, "[ $(stat -c %s \(partial)) -gt 1000000 ]")) != nil
                || Watchdog.hasEnded(running.process)
        }
        #expect(isUnderWay)
        running.kill(SIGKILL)
        _ = try running.finish()
        // nobody is left to end what would still run
        let isGone = Watchdog.wait(atMost: 20, every: 200_000) {
            (try? requireNothingLeft(lab, mayFail: true)) == true
        }
        #expect(isGone, "what the relay ran is gone with its coordinator")
        let resume = try lost.rekindle("resume")
        #expect(resume.status == 0, "\(resume.errorText)")
        let journal = lost.journal.text
        let chains = journal.split(separator: "\n").filter { $0.contains(#""relayed""#) }
        let again = try #require(chains.last)
        #expect(!again.contains(#""offset":0,"#), "\(again)")
        try requireNothingLeft(lab)
    }

    @Test("is given up where a host in the middle freezes, and each gets the rest directly")
    func frozen() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        try lab.script("load", ["24", "--prefix", "/more"])
        let large = lost.scratch.file("large.db")
        try lab.script("snapshot", [large])
        let running = try lost.start(try words(lost, large) + ["--bandwidth", "1M"])
        let partial = "\(try lab.dataDirectory)/.rekindle/*/snapshot.db.part"
        let isUnderWay = Watchdog.wait(atMost: 60, every: 50_000) {
            (try? lab.exec(3, "[ $(stat -c %s \(partial)) -gt 1000000 ]")) != nil
                || Watchdog.hasEnded(running.process)
        }
        #expect(isUnderWay)
        try lab.script("freeze", ["2"])
        let isGivenUp = Watchdog.wait(atMost: 90, every: 200_000) {
            lost.journal.text.contains("\"broke\"") || Watchdog.hasEnded(running.process)
        }
        try lab.script("thaw", ["2"])
        #expect(isGivenUp)
        let result = try running.finish(within: 180)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(lost.journal.text.contains("\"broke\""))
        #expect(Set(try lab.hashKV()).count == 1)
        try requireNothingLeft(lab)
    }

    @Test("reaches hosts that have no zstd, and a host without sshd is sent to directly")
    func withoutPrograms() throws {
        let lost = try LostCluster(.current)
        let lab = lost.lab
        for member in 1...3 { try lab.exec(member, "mount --bind /dev/null /usr/bin/zstd") }
        try lab.exec(2, "mount --bind /dev/null /usr/bin/ssh-keygen")
        defer {
            for member in 1...3 { _ = try? lab.exec(member, "umount /usr/bin/zstd") }
            _ = try? lab.exec(2, "umount /usr/bin/ssh-keygen")
        }
        let result = try restore(lost, lost.snapshot)
        #expect(result.errorText.contains("coordinator → etcd-1 → etcd-3"), "\(result.errorText)")
        #expect(result.errorText.contains("cannot take part in the relay"))
        try lost.requireRestored()
        try requireNothingLeft(lab)
    }

    // MARK: parts

    private func words(_ lost: LostCluster, _ snapshot: String) throws -> [String] {
        let file = lost.scratch.file("relay.yaml")
        try Self.playbook.write(toFile: file, atomically: true, encoding: .utf8)
        return ["restore", "--playbook", file, "--snapshot", snapshot, "--yes"]
    }

    @discardableResult
    private func restore(_ lost: LostCluster, _ snapshot: String) throws -> Program.Result {
        let process = try lost.start(try words(lost, snapshot))
        let result = try process.finish(within: 120)
        try #require(result.status == 0, "\(result.errorText)")
        return result
    }

    /// Bytes that the coordinator has sent, and each host has received.
    private func traffic(_ lab: Lab) throws -> (sent: Int, received: [Int]) {
        let here = try lab.script("run", ["cat", "/proc/net/dev"]).outputText
        return (
            try column(9, here, of: "br0"),
            try lab.members.map { member in
                try column(1, lab.exec(member, "cat /proc/net/dev").outputText, of: "eth0")
            }
        )
    }

    private func column(_ index: Int, _ table: String, of device: String) throws -> Int {
        let line = try #require(table.split(separator: "\n").first { $0.contains("\(device):") })
        let words = line.split { $0 == " " || $0 == ":" }
        return try #require(Int(words[index]))
    }

    @discardableResult
    private func requireNothingLeft(_ lab: Lab, mayFail: Bool = false) throws -> Bool {
        var isClean = true
        for member in try lab.members {
            let left = try lab.exec(
                member,
                "ls -d /run/rekindle-* 2>/dev/null; ps axo args | grep '[r]ekindle-relay'; true"
            ).outputText
            if !mayFail { #expect(left == "", "on member \(member)") }
            isClean = isClean && left.isEmpty
        }
        return isClean
    }
}
