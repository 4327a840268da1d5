import Foundation
import Testing

/// A rehearsal on the members of a cluster that serves meanwhile.
@Suite(
    "A drill beside the running cluster",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("drill", etcd: "3.5")
)
struct DrillTests {
    private func drill(_ lost: LostCluster, _ words: String...) throws -> Program.Result {
        try lost.lab.rekindle(
            try lost.arguments(["drill", "--snapshot", lost.snapshot] + words)
        )
    }

    /// Nothing of a drill is on any host, and production is the very process that it was.
    private func requireUntouched(_ lost: LostCluster, _ before: [String]) throws {
        for member in try lost.lab.members {
            let left = try lost.lab.exec(
                member,
                "systemctl list-units --all --no-legend 'rekindle*'; ls -d /run/systemd/transient/rekindle* "
                    + "\(lost.lab.dataDirectory)/.rekindle 2>/dev/null; true"
            )
            #expect(left.outputText == "", "etcd-\(member)")
        }
        #expect(try production(lost.lab) == before)
        try lost.requireOldCluster()
    }

    /// Each member's process, since when it runs, and its term of leadership.
    private func production(_ lab: Lab) throws -> [String] {
        try lab.members.map {
            try lab.exec(
                $0,
                "systemctl show -p MainPID -p ActiveEnterTimestampMonotonic -p NRestarts etcd; "
                    + "stat -c '%i %U:%G %a' \(lab.dataDirectory) \(lab.dataDirectory)/member"
            ).outputText
        }
    }

    private func terms(_ lab: Lab) throws -> String {
        let status = try lab.etcdctl(["endpoint", "status", "-w", "fields"]).outputText
        return status.split(separator: "\n").filter { $0.contains("\"RaftTerm\"") }
            .joined(separator: "\n")
    }

    @Test("proves the snapshot on every member, and leaves production as it was")
    func passes() throws {
        let lost = try LostCluster(.current)
        let before = try production(lost.lab)
        let terms = try terms(lost.lab)
        let files = try lost.lab.fingerprints(withData: false)
        let result = try drill(lost, "--output", "json")
        try #require(result.status == 0, "\(result.errorText)")
        let document = try RunDocument(result)
        #expect(document.outcome == "passed")
        #expect(document.members.map(\.state) == ["proven", "proven", "proven"])
        #expect(
            document.members.allSatisfy { $0.hashKV == lost.savedHash.hashKV },
            "\(document.members)"
        )
        try requireUntouched(lost, before)
        #expect(try self.terms(lost.lab) == terms, "no leader changed")
        // where something was made and removed again, a directory's time tells of it
        let held = [
            "/run/systemd", "/run/systemd/transient", "/run/systemd/units",
            try lost.lab.dataDirectory,
        ].map { "\($0)\t" }
        let changes = try Difference.lines(files, lost.lab.fingerprints(withData: false))
            .filter { line in !held.contains { line.hasPrefix($0) } }
        #expect(changes == [])
    }

    @Test("runs the user's own checks, and fails where one does not hold")
    func checks() throws {
        let lost = try LostCluster(.current)
        let before = try production(lost.lab)
        let playbook = lost.scratch.file("mine.yaml")
        let steps = try String(contentsOfFile: "\(Lab.root)/playbooks/drill.yaml", encoding: .utf8)
            .split(separator: "\n").drop { !$0.hasPrefix("steps:") }.joined(separator: "\n")
        func write(_ atLeast: Int) throws {
            try """
            name: mine
            checks:
              - key: /a
              - {key: /a, value: "2"}
              - {prefix: /registry/, at-least: \(atLeast)}
              - command: [sh, -c, "etcdctl get /b -w json | grep -vq kvs"]
            \(steps)

            """.write(toFile: playbook, atomically: true, encoding: .utf8)
        }
        try write(40)
        let good = try drill(lost, "--playbook", playbook)
        #expect(good.status == 0, "\(good.errorText)")
        #expect(good.outputText.contains("check: /a has the given value"))
        try write(41)
        let bad = try drill(lost, "--playbook", playbook)
        #expect(bad.status == 1)
        #expect(
            bad.outputText.contains(
                "at least 41 keys under /registry/: expected 41 or more, got 40"
            )
        )
        try requireUntouched(lost, before)
    }

    @Test("of which the coordinator is killed is removed by the next")
    func killed() throws {
        let lost = try LostCluster(.current)
        let before = try production(lost.lab)
        try CrashCase.kill(
            lost,
            ["drill", "--snapshot", lost.snapshot],
            at: .after("start-scratch", members: 2)
        )
        let run = lost.journal.run
        #expect(
            try lost.lab.exec(1, "systemctl list-units --all --no-legend 'rekindle-drill*'")
                .outputText.contains(run),
            "it runs on without its coordinator"
        )
        let resume = try lost.rekindle("resume", run)
        #expect(resume.status == 3)
        #expect(resume.errorText.contains("it is a drill"))
        let next = try drill(lost)
        #expect(next.status == 0, "\(next.errorText)")
        #expect(next.errorText.contains("removing what is left of drill \(run) first"))
        try requireUntouched(lost, before)
    }

    @Test("a restore and a drill exclude one another by the lock")
    func exclusion() throws {
        let lost = try LostCluster(.current)
        let before = try production(lost.lab)
        try lost.lab.script("link", ["rate", "3", "400kbit"])
        let running = try lost.start(["drill", "--snapshot", lost.snapshot])
        let isUploading = lost.journal.wait(for: .before("upload-snapshot"), in: running)
        #expect(isUploading)
        let restore = try lost.lab.rekindle(
            ["-i", try lost.lab.inventory, "--state-dir", lost.scratch.file("other-state")]
                + ["restore", "--snapshot", lost.snapshot, "--yes"]
        )
        #expect(restore.status == 5, "\(restore.errorText)")
        #expect(restore.errorText.contains("drill \(lost.journal.run)"))
        #expect(restore.errorText.contains("it is a drill, which ends by itself"))
        running.kill(SIGINT)
        try lost.lab.script("link", ["rate", "3", "off"])
        let interrupted = try running.finish(within: 60)
        #expect(interrupted.status == 4, "\(interrupted.errorText)")
        try requireUntouched(lost, before)
    }

    @Test("with one member's etcd down passes, and with its host away is refused")
    func memberDown() throws {
        let lost = try LostCluster(.current)
        try lost.lab.exec(2, "systemctl stop etcd")
        let before = try production(lost.lab)
        let down = try drill(lost)
        #expect(down.status == 0, "\(down.errorText)")
        #expect(try production(lost.lab) == before, "it stays down")
        try lost.lab.script("link", ["down", "2"])
        let away = try drill(lost)
        try lost.lab.script("link", ["up", "2"])
        #expect(away.status == 3)
        #expect(away.errorText.contains("etcd-2"))
    }

    @Test("touches no host where a port is taken, the disk is short, or the snapshot is damaged")
    func refused() throws {
        let lost = try LostCluster(.current)
        let before = try production(lost.lab)
        // etcd's own peer port is taken by etcd
        let taken = try drill(lost, "--peer-port", "2380")
        #expect(taken.status == 3)
        #expect(taken.errorText.contains("something listens on port 2380 already"))
        // over the data directory of an etcd that has it open and serves on
        try lost.lab.exec(2, "mount -t tmpfs -o size=20m none \(lost.lab.dataDirectory)")
        let short = try drill(lost)
        try lost.lab.exec(2, "umount \(lost.lab.dataDirectory)")
        #expect(short.status == 3)
        #expect(short.errorText.contains("20.0 MiB free"), "\(short.errorText)")
        var bytes = try Data(contentsOf: URL(filePath: lost.snapshot))
        bytes[bytes.count / 2] ^= 1
        let damaged = lost.scratch.file("damaged.db")
        try bytes.write(to: URL(filePath: damaged))
        let corrupt = try lost.rekindle("drill", "--snapshot", damaged)
        #expect(corrupt.status == 65)
        try requireUntouched(lost, before)
    }

    @Test("of a snapshot that is older than the objective ends with 6")
    func tooOld() throws {
        let lost = try LostCluster(.current)
        let inventory = lost.scratch.file("inventory.yaml")
        let text = try String(contentsOfFile: try lost.lab.inventory, encoding: .utf8)
        try (text + "\nobjectives: {rto: 1h, rpo: 1h}\n")
            .write(toFile: inventory, atomically: true, encoding: .utf8)
        let words = [
            "-i", inventory, "--state-dir", lost.stateDirectory, "drill", "--snapshot",
            lost.snapshot,
        ]
        let fresh = try lost.lab.rekindle(words)
        #expect(fresh.status == 0, "\(fresh.errorText)")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -7200)],
            ofItemAtPath: lost.snapshot
        )
        let old = try lost.lab.rekindle(words)
        #expect(old.status == 6, "\(old.errorText)")
        #expect(old.outputText.contains("RPO"))
    }
}

/// No host, no root, no systemd, no port.
@Suite(
    "A drill on this machine",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("drill-here", etcd: "3.4")
)
struct LocalDrillTests {
    @Test("passes for a user without any rights, opens no port and leaves nothing")
    func passes() throws {
        let lost = try LostCluster(.current)
        let room = "/tmp/rekindle-user-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: room) }
        let script = """
            umask 022; mkdir -p "$1/home" "$1/scratch"; cp "$2" "$1/rekindle"; cp "$3" "$1/snapshot.db"
            chmod 0755 "$1/rekindle"; chmod 0644 "$1/snapshot.db"; chown -R nobody "$1/home" "$1/scratch"
            cd "$1/home"; before=$(cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" {print $2}' | sort)
            setpriv --reuid=nobody --regid=nogroup --clear-groups env -i PATH=/usr/bin:/bin HOME="$1/home" \\
            LANG=C.UTF-8 "$1/rekindle" drill --local --snapshot "$1/snapshot.db" --scratch-dir "$1/scratch" \\
            --output json || exit
            [ -z "$(ls -A "$1/scratch")" ] || { ls -la "$1/scratch" >&2; exit 97; }
            """
        let result = try Program.run(
            "/bin/sh",
            ["-c", script, "sh", room, Rekindle.path, lost.snapshot]
        )
        try #require(result.status == 0, "\(result.errorText)")
        let document = try RunDocument(result)
        #expect(document.outcome == "passed")
        #expect(document.members.map(\.name) == ["etcd-1", "etcd-2", "etcd-3"])
        #expect(document.members.allSatisfy { $0.hashKV == lost.savedHash.hashKV })
    }

    @Test("that is killed is removed by the next, with all its processes")
    func killed() throws {
        let lost = try LostCluster(.current)
        let words = [
            "drill", "--local", "--snapshot", lost.snapshot, "--scratch-dir", lost.scratch.path,
        ]
        let killed = try Program.run(
            Rekindle.path,
            ["--state-dir", lost.stateDirectory] + words,
            environment: try JournalShim.death(at: .after("start-scratch", members: 2))
        )
        #expect(killed.status == 128 + SIGKILL, "\(killed.errorText)")
        let run = lost.journal.run
        let scratch = lost.scratch.file("rekindle-\(run)")
        #expect(FileManager.default.fileExists(atPath: scratch))
        let next = try Program.run(Rekindle.path, ["--state-dir", lost.stateDirectory] + words)
        #expect(next.status == 0, "\(next.errorText)")
        #expect(!FileManager.default.fileExists(atPath: scratch))
        // whatever was under way when its coordinator died is given five seconds to end
        var left = ""
        _ = Watchdog.wait(atMost: 20, every: 200_000) {
            let found = try? Program.run(
                "/usr/bin/pgrep",
                ["-fa", "--", "--data-dir=[^ ]*rekindle-\(run)/"]
            )
            left = found?.outputText ?? "pgrep failed"
            return left.isEmpty
        }
        #expect(left.isEmpty, "\(left)")
    }
}
