import Foundation
import Glibc
import Testing

@testable import RekindleCommands

private let hasAnalyze = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

@Suite("rekindle schedule drill")
struct ScheduleCommandTests {
    /// Not in /tmp, which a unit does not see.
    private final class Folder {
        let path: String

        init(notify: String = "") throws {
            path = "/dev/shm/rekindle-schedule-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            let text = """
                cluster: {name: prod}
                members:
                  - {name: a, host: 10.0.0.1, initial-advertise-peer-urls: [http://10.0.0.1:2380]}
                  - {name: b, host: 10.0.0.2, initial-advertise-peer-urls: [http://10.0.0.2:2380]}
                  - {name: c, host: 10.0.0.3, initial-advertise-peer-urls: [http://10.0.0.3:2380]}
                \(notify)
                """
            try Data(text.utf8).write(to: URL(filePath: "\(path)/inventory.yaml"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func drill(_ line: String, environment: [String: String] = [:]) throws -> StateFolder.Result
        {
            try BuiltProgram.run(
                ["schedule", "drill", "--program", "/usr/bin/true"]
                    + line.split(separator: " ").map(String.init),
                environment: environment,
                in: path
            )
        }

        func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
        }
    }

    @Test("prints a service and a timer with absolute paths and what stands behind --")
    func printed() throws {
        let folder = try Folder()
        let result = try folder.drill(
            "--every monthly --snapshot snap.db --metrics-dir m -- --playbook /p.yaml -v"
        )
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.hasPrefix("# /etc/systemd/system/rekindle-drill-prod.service\n"))
        #expect(result.output.contains("\n# /etc/systemd/system/rekindle-drill-prod.timer\n"))
        let line = result.output.split(separator: "\n").first { $0.hasPrefix("ExecStart=") }
        let at = folder.path
        #expect(
            line
                == """
                ExecStart=/usr/bin/true drill --snapshot \(at)/snap.db \
                --inventory \(at)/inventory.yaml --state-dir /var/lib/rekindle \
                --metrics-dir \(at)/m --playbook /p.yaml -v
                """
        )
        #expect(result.output.contains("\nReadWritePaths=-\(at)/m\n"))
    }

    @Test(
        "writes files that systemd-analyze verify takes",
        .enabled(if: hasAnalyze, "systemd-analyze is not installed"),
        arguments: ["monthly", "weekly", "daily", "Sat", "*-*~1"]
    )
    func written(_ every: String) throws {
        let folder = try Folder()
        let result = try folder.drill("--every \(every) --snapshot b:/srv/s.db --out .")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output == "")
        let names = ["rekindle-drill-prod.service", "rekindle-drill-prod.timer"]
        let files = try names.map { ScheduleFile(name: $0, text: try folder.text($0)) }
        #expect(try JobUnitsTests.verify(files) == "")
        for name in names {
            let path = "\(folder.path)/\(name)"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o644, "\(name)")
        }
    }

    @Test("runs this very program, or the one that is named, if a unit can see it")
    func program() throws {
        let folder = try Folder()
        let words = ["schedule", "drill", "--every", "daily", "--snapshot", "s3://b/k"]
        let own = try BuiltProgram.run(words, in: folder.path)
        // the program knows itself by its real path, wherever this tree is
        let path = URL(filePath: BuiltProgram.path).resolvingSymlinksInPath().path
        if let hidden = JobArguments.hiddenFolders.first(where: path.hasPrefix) {
            #expect(own.status == 64)
            #expect(own.error.contains("--program is in \(hidden.dropLast())"), "\(own.error)")
        } else if path.contains("$") {
            #expect(own.status == 64 && own.error.contains("is no program"), "\(own.error)")
        } else {
            let word = SystemdText.path(path)
            #expect(own.output.contains("\nExecStart=\(word) drill "), "\(own.error)")
        }
        let nowhere = try BuiltProgram.run(words + ["--program", "/nowhere"], in: folder.path)
        #expect(nowhere.status == 64 && nowhere.error.contains("/nowhere is no program"))
    }

    @Test("gives one JSON document with --output json")
    func json() throws {
        let folder = try Folder()
        let result = try folder.drill("--every daily --snapshot s3://b/p/latest --output json")
        let read = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let files = try #require((read as? [String: [[String: String]]])?["files"])
        #expect(
            files.map { $0["name"] } == [
                "rekindle-drill-prod.service", "rekindle-drill-prod.timer",
            ]
        )
        #expect(files.allSatisfy { $0["text"]?.hasPrefix(ScheduledJob.drill.mark) == true })
    }

    @Test("reads no inventory for a fleet, and names the units as told")
    func fleet() throws {
        let folder = try Folder()
        let result = try folder.drill(
            "--every weekly --snapshot etcd-1:/srv/s.db --name fleet-a "
                + "-- --inventory-dir /etc/rekindle/clusters"
        )
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("/etc/systemd/system/fleet-a.timer\n"))
        #expect(!result.output.contains("--inventory "))
        #expect(result.output.contains(" --snapshot etcd-1:/srv/s.db "))
    }

    @Test("makes a CronJob that knows the container's paths")
    func cronJob() throws {
        let folder = try Folder()
        let result = try folder.drill(
            "--format cronjob --image r/k:1 --every weekly --snapshot s3://b/p/latest -- -v"
        )
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("\n  schedule: \"0 3 * * 1\"\n"))
        #expect(result.output.contains("- \"/etc/rekindle/inventory.yaml\"\n"))
        #expect(result.output.contains("- \"-v\"\n"))
        #expect(!result.output.contains(folder.path))
    }

    @Test("says that the variable with the secret is not the unit's own")
    func secret() throws {
        let folder = try Folder(notify: "notify: {url: \"https://h\", secret-env: S}")
        let result = try folder.drill(
            "--every daily --snapshot s3://b/p/latest",
            environment: ["S": "hidden"]
        )
        #expect(result.status == 0)
        #expect(result.error.contains("$S: set it in /etc/rekindle/drill.env"))
        #expect(!(result.output + result.error).contains("hidden"))
    }

    @Test(
        "refuses what cannot be meant",
        arguments: [
            ("--snapshot s3://b/k", "every"),
            ("--every daily", "snapshot"),
            ("--every daily --snapshot -", "a schedule has none"),
            ("--every daily --snapshot /tmp/s.db", "/tmp, which the unit does not see"),
            ("--every daily --snapshot s3://b/k --state-dir /var/tmp/x", "/var/tmp"),
            ("--every daily --snapshot s3://b/k -- --snapshot x", "in front of --"),
            ("--every daily --snapshot s3://b/k -- --metrics-dir=/m", "in front of --"),
            (
                "-i x --every daily --snapshot s3://b/k -- --inventory-dir /d",
                "beside --inventory-dir"
            ),
            ("--every daily --snapshot s3://b/k --user a%h", "--user a%h"),
            ("--every daily --snapshot s3://b/k --name ../x", "--name ../x"),
            ("--every daily --snapshot s3://b/k --timeout 1x", "--timeout 1x is not a time"),

            ("--every daily --snapshot s3://b/k --image x", "--format cronjob"),
            ("--every daily --snapshot s3://b/k --out . --install", "exclude each other"),
            ("--every daily --snapshot s3://b/k --format cronjob", "needs an image"),
            ("--every daily --snapshot s.db --format cronjob --image x", "a file of this machine"),
            ("--every Sat --snapshot s3://b/k --format cronjob --image x", "not a schedule"),
            (
                "--every daily --snapshot s3://b/k --format cronjob --image x --metrics-dir /m",
                "no use in a container"
            ),
            (
                "--every daily --snapshot s3://b/k --format cronjob --image x --install",
                "is for systemd"
            ),
        ]
    )
    func refused(_ line: String, _ fact: String) throws {
        let result = try Folder().drill(line)
        #expect(result.status == 64, "\(result.error)")
        #expect(result.flatError.contains(fact), "\(result.error)")
        #expect(result.error.contains("HINT: "), "\(result.error)")
        #expect(result.output == "")
    }

    @Test(
        "refuses a time that systemd does not know, with its words",
        .enabled(if: hasAnalyze, "systemd-analyze is not installed"),
        arguments: ["someday", "0_3_*_*_*", "--help", "*-*-41"]
    )
    func calendar(_ every: String) throws {
        let result = try Folder().drill("--every=\(every) --snapshot s3://b/k")
        #expect(result.status == 64, "\(result.output)")
        #expect(result.flatError.contains("--every \(every): "), "\(result.error)")
        #expect(result.error.contains("systemd-analyze calendar"), "\(result.error)")
    }

    @Test("takes the three words alone where nothing can tell more")
    func noAnalyze() throws {
        let folder = try Folder()
        let without = ["PATH": "/nowhere"]
        let word = try folder.drill("--every daily --snapshot s3://b/k", environment: without)
        #expect(word.status == 0, "\(word.error)")
        let own = try folder.drill("--every Sat --snapshot s3://b/k", environment: without)
        #expect(own.status == 64)
        #expect(own.error.contains("HINT: without it: --every monthly, weekly, daily or 6h"))
    }

    @Test("refuses an argument that no unit can hold")
    func lineBreak() throws {
        let folder = try Folder()
        let words = [
            "schedule", "drill", "--every", "daily", "--snapshot", "s3://b/k", "--program",
            "/usr/bin/true",
        ]
        let result = try BuiltProgram.run(words + ["--", "a\nExecStart=/x"], in: folder.path)
        #expect(result.status == 64)
        #expect(result.error.contains("a\\nExecStart=/x"), "\(result.error)")
    }

    @Test("installs nothing where it may not, and says so")
    func install() throws {
        let folder = try Folder()
        let line =
            "schedule drill --every daily --snapshot s3://b/k --name never --install "
            + "--program /usr/bin/true"
        let words = line.split(separator: " ").map(String.init)
        // as root it is the user that is not there
        let result =
            geteuid() == 0
            ? try BuiltProgram.run(words + ["--user", "no-such-user"], in: folder.path)
            : try BuiltProgram.run(words, in: folder.path)
        #expect(result.status == 3, "\(result.error)")
        #expect(result.error.contains("HINT: "))
        #expect(!FileManager.default.fileExists(atPath: "/etc/systemd/system/never.timer"))
    }
}
