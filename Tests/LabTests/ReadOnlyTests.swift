import Foundation
import Testing

@Suite(
    "A command that only reads",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("readonly", etcd: "3.5")
)
struct ReadOnlyTests {
    /// With SNAPSHOT where the snapshot's path goes.
    static let commands = [
        "check",
        "check --snapshot SNAPSHOT --output json",
        "plan --snapshot SNAPSHOT",
        "plan --snapshot SNAPSHOT --format json",
        "plan --snapshot SNAPSHOT --format markdown",
        "plan --snapshot SNAPSHOT --format shell",
        "plan --snapshot SNAPSHOT --offline",
        "restore --snapshot SNAPSHOT --dry-run",
        "inventory show",
        "snapshot verify SNAPSHOT",
        "runs",
    ]

    @Test("changes nothing on any host, in the cluster or on this machine, running or stopped")
    func untouched() throws {
        let lost = try LostCluster(.current)
        for withData in [false, true] {
            if withData {
                for member in try lost.lab.members {
                    try lost.lab.exec(member, "systemctl stop --no-block etcd")
                }
                for member in try lost.lab.members {
                    try lost.lab.exec(member, "systemctl stop etcd")
                }
            }
            let revisions = withData ? nil : try lost.lab.revisions()
            var before = try lost.lab.fingerprints(withData: withData)
            // without a cluster that answers only those can differ that look at hosts
            let commands = withData ? ["check", "plan --snapshot SNAPSHOT"] : Self.commands
            for command in commands {
                let words = command.replacingOccurrences(of: "SNAPSHOT", with: lost.snapshot)
                let result = try lost.lab.rekindle(
                    try lost.arguments(words.split(separator: " ").map(String.init))
                )
                #expect(result.status == 0, "\(command): \(result.errorText)")
                #expect(!result.output.isEmpty || command == "runs", "\(command)")
                let after = try lost.lab.fingerprints(withData: withData)
                #expect(Difference.lines(before, after) == [], "\(command)")
                before = after
                #expect(!FileManager.default.fileExists(atPath: lost.stateDirectory), "\(command)")
            }
            if let revisions { #expect(try lost.lab.revisions() == revisions) }
        }
    }

    @Test("tells of a run without changing its files or its hosts")
    func history() throws {
        let lost = try LostCluster(.current)
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        try #require(restore.status == 0, "\(restore.errorText)")
        let before = try lost.lab.fingerprints(withData: false)
        let files = try stateFiles(lost)
        #expect(files.contains("journal.jsonl"))
        for command in [
            ["runs"], ["runs", "show"], ["runs", "verify"], ["report"],
            ["report", "--format", "json"],
        ] {
            let result = try lost.lab.rekindle(try lost.arguments(command))
            #expect(result.status == 0, "\(command): \(result.errorText)")
            #expect(result.outputText.contains(lost.journal.run), "\(command)")
        }
        #expect(try stateFiles(lost) == files)
        let after = try lost.lab.fingerprints(withData: false)
        #expect(Difference.lines(before, after) == [])
    }

    private func stateFiles(_ lost: LostCluster) throws -> String {
        let script = """
            cd "$1"; find . -printf '%p %m %s %T@ %C@\\n' | sort; find . -type f -exec sha256sum {} +
            """
        return try Program.require(
            "/bin/sh",
            ["-c", script, "sh", lost.stateDirectory]
        ).outputText
    }
}

extension Lab {
    /// All that a command could have changed on the hosts, member by member.
    func fingerprints(withData: Bool) throws -> [String] {
        let running = try members.map { member in
            try Program.start(
                "\(Self.root)/lab/fs-fingerprint",
                ["--lab", name] + (withData ? ["--with-data"] : []) + [String(member)]
            )
        }
        return try running.map { program in
            let result = try program.finish()
            guard result.status == 0 else {
                throw Program.Failed(command: ["lab/fs-fingerprint"], result: result)
            }
            return result.outputText
        }
    }
}

/// The lines that are in one of two texts only, so that a failure names what was changed.
enum Difference {
    static func lines(_ before: [String], _ after: [String]) -> [String] {
        zip(before, after).flatMap { old, new in
            Set(old.split(separator: "\n")).symmetricDifference(new.split(separator: "\n"))
                .map(String.init).sorted()
        }
    }
}
