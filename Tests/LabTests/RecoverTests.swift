import Foundation
import Glibc
import Testing

@Suite(
    "A cluster without a quorum whose data is alive",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("recover", etcd: "3.5")
)
struct RecoverTests {
    private struct Recovered: Decodable {
        struct Member: Decodable {
            var member: String
            var revision: Int64?
            var from: String?
            var standing: String?
            var clusterID: String?
            var notRead: String?
        }
        struct Stored: Decodable { var snapshot: String }
        var members: [Member]
        var best: String
        var mayBeMissing: [String]
        var stored: Stored
    }

    private func recover(_ lost: LostCluster, _ words: String...) throws -> Recovered {
        let result = try lab.rekindle(
            try lost.arguments(
                ["snapshot", "recover", "--to", place(lost), "--output", "json"] + words
            )
        )
        try #require(result.status == 0, "\(result.errorText)")
        return try JSONDecoder().decode(Recovered.self, from: result.output)
    }

    private var lab: Lab { get throws { try Lab.current } }

    private func place(_ lost: LostCluster) -> String { lost.scratch.file("recovered") }

    /// As a power cut does: nothing is written any more, and nothing starts it again.
    private func kill(_ members: Int...) throws {
        for member in members {
            try lab.exec(
                member,
                """
                mkdir -p /run/systemd/system/etcd.service.d
                printf '[Service]\\nRestart=no\\n' >/run/systemd/system/etcd.service.d/stay.conf
                systemctl daemon-reload
                systemctl kill -s KILL etcd
                while systemctl is-active -q etcd; do sleep 0.1; done
                """
            )
        }
    }

    /// What is in the members' data directories, byte by byte, and what lies beside them.
    private func data(_ members: Int...) throws -> [String] {
        try members.map { member in
            try lab.exec(
                member,
                """
                cd \(try lab.dataDirectory) && find . -type f -exec sha256sum {} + | sort -k 2
                ls -d \(try lab.dataDirectory)?* 2>/dev/null || true
                """
            )
            .outputText
        }
    }

    @Test(
        "comes back from the furthest of its members, live or dead, and no byte of theirs is changed"
    )
    func furthest() throws {
        let lost = try LostCluster(.current)
        try lab.write(puts: ["/only-in-the-wal": "1"])
        let newest = try lab.contents()
        // the first two were in a majority that wrote once more
        try kill(3)
        try lab.awaitLeader(1, 2)
        try lab.write(puts: ["/last": "1"])
        let last = try lab.contents()
        try kill(2)
        let before = try data(2, 3)
        // at once: the first may still name the leader that has just died
        let found = try recover(lost)
        #expect(found.members.map(\.from) == ["served", "wal", "wal"])
        #expect(
            found.members.map(\.revision) == [
                last.header.revision, last.header.revision, newest.header.revision,
            ]
        )
        #expect(
            found.members.map(\.standing) == [
                "the furthest", "the same data", "1 behind, the same data up to there",
            ]
        )
        #expect(try data(2, 3) == before, "what is looked at stays as it is")
        let restore = try lost.rekindle(
            "restore",
            "--snapshot",
            "\(place(lost))/\(found.stored.snapshot)",
            "--yes",
            "-q"
        )
        #expect(restore.status == 0, "\(restore.errorText)")
        #expect(try lab.contents().kvs == last.kvs)
    }

    @Test("is restored from their data by one playbook, which resume finishes and rollback undoes")
    func playbook() throws {
        let lost = try LostCluster(.current)
        let restore = ["restore", "--playbook", "restore-from-members", "--yes", "-q"]
        let serving = try lab.rekindle(try lost.arguments(restore))
        #expect(serving.status == 3, "\(serving.errorText)")
        #expect(serving.errorText.contains("has a quorum"))
        #expect(lost.journal.run.isEmpty, "no run has begun")
        try kill(3)
        try lab.awaitLeader(1, 2)
        try lab.write(puts: ["/last": "1"])
        let last = try lab.contents()
        try kill(1, 2)
        try lost.die(restore, at: .after("set-aside-data", members: 1))
        let kept = try Program.require(
            "/usr/bin/find",
            ["\(lost.stateDirectory)/recovered", "-printf", "%m %y\\n"]
        ).outputText
        #expect(Set(kept.split(separator: "\n")) == ["700 d", "600 f"])
        let resume = try lost.rekindle("resume", "-q")
        try #require(resume.status == 0, "\(resume.errorText)")
        #expect(try lab.contents().kvs == last.kvs)
        let report = try lost.rekindle("report", "--format", "text").outputText
        let words = report.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("agrees: recovered from the database and WAL of etcd-"), "\(report)")
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        // they were dead, and are so again; an operator may try them
        for member in 1...3 { try lab.exec(member, "systemctl start --no-block etcd") }
        try lab.awaitLeader(1, 2, 3)
        #expect(try lab.contents() == last)
        #expect(try lab.identity() == lost.oldIdentity)
    }

    @Test("gives what can be read, and says what was not and what may be missing")
    func partly() throws {
        let lost = try LostCluster(.current)
        let newest = try lab.contents()
        try kill(1, 2, 3)
        try lab.exec(1, "rm \(try lab.dataDirectory)/member/wal/*.wal")
        try lab.exec(2, "systemctl start --no-block etcd; sleep 2")
        let found = try recover(lost)
        #expect(found.best == "etcd-3")
        #expect(found.members[0].notRead?.contains("no WAL beside it") == true)
        #expect(found.members[1].notRead?.contains("its etcd runs and does not answer") == true)
        #expect(found.members[2].revision == newest.header.revision)
        #expect(found.mayBeMissing.first?.contains("etcd-1, etcd-2 and not to etcd-3") == true)
        // what is not read is not given up without a word
        let restore = try lost.rekindle(
            "restore",
            "--recover-to",
            place(lost),
            "--yes",
            "-q"
        )
        #expect(restore.status == 3, "\(restore.errorText)")
        #expect(restore.errorText.contains("etcd-1, etcd-2 may have newer data"))
        #expect(restore.errorText.contains("to go on without it: `rekindle restore --snapshot "))
        #expect(lost.journal.run.isEmpty, "no run has begun")
        // without the WAL the first has something, too
        let alone = try recover(lost, "--without-wal", "--from", "etcd-1")
        #expect(alone.members.map(\.from) == ["database"])
        #expect(alone.mayBeMissing.first?.contains("the last writes before etcd-1") == true)
        let none = try lost.rekindle(
            "snapshot",
            "recover",
            "--to",
            place(lost),
            "--from",
            "etcd-2"
        )
        #expect(none.status == 3, "\(none.errorText)")
        #expect(none.errorText.contains("HINT: without a quorum it serves nobody: stop it there"))
    }

    @Test("is not taken from a member that disagrees with another about the same revision")
    func disagreement() throws {
        let lost = try LostCluster(.current)
        try kill(1, 2, 3)
        for member in [2, 3] {
            let folder = try lab.dataDirectory
            try lab.exec(
                member,
                """
                cd \(folder)
                unshare -n etcd --name=x --data-dir=\(folder) --force-new-cluster \
                  --listen-client-urls=unix://c:1 --advertise-client-urls=unix://c:1 \
                  --listen-peer-urls=unix://p:1 --initial-advertise-peer-urls=unix://p:1 \
                  --initial-cluster=x=unix://p:1 >/dev/null 2>&1 &
                until ETCDCTL_API=3 etcdctl --endpoints=unix://c:1 put /who \(member) >/dev/null 2>&1
                do sleep 0.2; done
                kill $!; wait $! || true
                chown -R etcd: \(folder)
                """
            )
        }
        let result = try lost.rekindle("snapshot", "recover", "--to", place(lost))
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains("do not hold the same data: one of them is corrupt"))
        #expect(result.errorText.contains("OTHER DATA at the same revision"))
        let stored = try FileManager.default.contentsOfDirectory(atPath: place(lost))
        #expect(stored.filter { !$0.hasPrefix(".") }.isEmpty)
        #expect(try recover(lost, "--from", "etcd-3").best == "etcd-3")
    }

    @Test("is not taken from data of another cluster, however far its revisions are")
    func otherCluster() throws {
        let lost = try LostCluster(.current)
        try kill(1, 2, 3)
        let folder = try lab.dataDirectory
        // as a member that was left out of an earlier restore: another cluster ID, a higher revision
        try lab.exec(
            3,
            """
            cd \(folder)
            cp -a member /tmp/own && rm -rf /tmp/other
            head -c -0 member/snap/db >/tmp/other.db
            ETCDCTL_API=3 etcdutl snapshot restore /tmp/other.db --skip-hash-check --name=x \
              --data-dir=/tmp/other --initial-cluster=x=http://127.0.0.1:1 \
              --initial-cluster-token=another --initial-advertise-peer-urls=http://127.0.0.1:1 \
              --bump-revision=1000 --mark-compacted >/dev/null 2>&1
            rm -rf member && mv /tmp/other/member . && rm -rf /tmp/other /tmp/other.db
            chown -R etcd: member
            """
        )
        let result = try lost.rekindle("snapshot", "recover", "--to", place(lost))
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains("hold data of different clusters: etcd-1, etcd-2 of "))
        #expect(result.errorText.contains("ANOTHER CLUSTER"))
        let stored = try FileManager.default.contentsOfDirectory(atPath: place(lost))
        #expect(stored.filter { !$0.hasPrefix(".") }.isEmpty)
        let restore = try lost.rekindle("restore", "--recover-to", place(lost), "--yes", "-q")
        #expect(restore.status == 3, "\(restore.errorText)")
        #expect(lost.journal.run.isEmpty, "no run has begun")
        let own = try recover(lost, "--from", "etcd-1")
        #expect(own.members.map(\.clusterID) == [lost.oldIdentity.cluster])
    }

    @Test("is left alone where it has a quorum, and a killed recovery leaves nothing on its hosts")
    func leavesNothing() throws {
        let lost = try LostCluster(.current)
        let serving = try lost.rekindle("snapshot", "recover", "--to", place(lost))
        #expect(serving.status == 3)
        #expect(serving.errorText.contains("has a quorum"))
        try lab.script("load", ["4"])
        try kill(1, 2, 3)
        let before = try data(1, 2, 3)
        for member in ["1", "2", "3"] { try lab.script("link", ["rate", member, "4mbit"]) }
        for pause: UInt32 in [50_000, 400_000, 1_500_000] {
            let running = try lost.start(["snapshot", "recover", "--to", place(lost)])
            _ = Watchdog.wait(atMost: 60, every: 50_000) {
                running.errorSoFar.contains("WAL replayed")
            }
            usleep(pause)
            running.kill(SIGKILL)
            _ = try running.finish()
        }
        for member in ["1", "2", "3"] { try lab.script("link", ["rate", member, "off"]) }
        let isClean = Watchdog.wait(atMost: 30, every: 500_000) {
            (try? data(1, 2, 3)) == before
        }
        #expect(isClean, "no copy of the data stays on a host")
        for member in 1...3 {
            let processes = try lab.exec(member, "pgrep -x etcd || true").outputText
            #expect(processes.isEmpty, "no etcd of ours runs on etcd-\(member)")
        }
    }
}
