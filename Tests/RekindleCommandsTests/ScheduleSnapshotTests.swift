import Foundation
import Testing

@testable import RekindleCommands

private let hasAnalyze = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

@Suite("rekindle schedule snapshot")
struct ScheduleSnapshotTests {
    /// Not in /tmp, which a unit does not see.
    private final class Folder {
        let path: String

        init() throws {
            path = "/dev/shm/rekindle-schedule-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            let text = """
                cluster: {name: prod}
                members:
                  - {name: a, host: 10.0.0.1, initial-advertise-peer-urls: [http://10.0.0.1:2380]}
                """
            try Data(text.utf8).write(to: URL(filePath: "\(path)/inventory.yaml"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func snapshot(_ line: String) throws -> StateFolder.Result {
            try BuiltProgram.run(
                ["schedule", "snapshot", "--program", "/usr/bin/true"]
                    + line.split(separator: " ").map(String.init),
                in: path
            )
        }
    }

    @Test("prints a service that may write where the snapshots are kept, and a timer")
    func printed() throws {
        let folder = try Folder()
        let result = try folder.snapshot("--every 6h --to kept -- --compress zst")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.hasPrefix("# /etc/systemd/system/rekindle-snapshot-prod.service\n"))
        let line = result.output.split(separator: "\n").first { $0.hasPrefix("ExecStart=") }
        let at = folder.path
        #expect(
            line
                == """
                ExecStart=/usr/bin/true snapshot save --to \(at)/kept \
                --inventory \(at)/inventory.yaml --state-dir /var/lib/rekindle --compress zst
                """
        )
        #expect(result.output.contains("\nReadWritePaths=-\(at)/kept\n"))
        #expect(result.output.contains("\nOnCalendar=*-*-* 00/6:00:00\n"))
        #expect(result.output.contains("\nEnvironmentFile=-/etc/rekindle/snapshot.env\n"))
        #expect(!result.output.contains("drill"))
    }

    @Test(
        "a bucket and a member's directory are no place that the unit writes to",
        arguments: ["s3://backups/prod", "a:/srv/kept"]
    )
    func elsewhere(_ place: String) throws {
        let result = try Folder().snapshot("--every daily --to \(place)")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains(" snapshot save --to \(place) "))
        #expect(!result.output.contains("ReadWritePaths"))
    }

    @Test(
        "systemd takes both files",
        .enabled(if: hasAnalyze, "systemd-analyze is not installed"),
        arguments: ["1h", "6h", "12h", "daily"]
    )
    func verified(_ every: String) throws {
        let folder = try Folder()
        let result = try folder.snapshot("--every \(every) --to s3://b/p --out .")
        #expect(result.status == 0, "\(result.error)")
        let files = try ["service", "timer"].map { kind in
            let name = "rekindle-snapshot-prod.\(kind)"
            return ScheduleFile(
                name: name,
                text: try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
            )
        }
        #expect(try JobUnitsTests.verify(files) == "")
    }

    @Test("is a CronJob as well")
    func cronJob() throws {
        let result = try Folder().snapshot(
            "--every 6h --to s3://backups/prod --format cronjob --image rekindle:1"
        )
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("  schedule: \"0 */6 * * *\"\n"))
        #expect(result.output.contains("    app.kubernetes.io/component: snapshot\n"))
        #expect(result.output.contains("                - \"s3://backups/prod\"\n"))
        #expect(!result.output.contains("drill"))
    }

    @Test("is a Schedule of Velero as well, in the namespaces that are asked for")
    func velero() throws {
        let result = try Folder().snapshot(
            "--every 6h --to /var/lib/rekindle/snapshots --format velero --image rekindle:1 "
                + "--namespace 1e5 --velero-namespace backups"
        )
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("  namespace: \"backups\"\n"))
        #expect(result.output.contains("    includedNamespaces: [\"1e5\"]\n"))
        #expect(result.output.contains("kubectl -n 1e5 create configmap rekindle-snapshot-prod "))
    }

    @Test(
        "refuses what cannot be meant",
        arguments: [
            ("--every 6h --to /tmp/kept", "--to is in /tmp"),
            ("--every 5h --to s3://b/p", "--every 5h"),
            ("--every 6h --to s3://b/p -- --to x", "--to stands behind --"),
            ("--every 6h --to kept --format cronjob --image i", "is a directory of this machine"),
            ("--every 6h --to s3://b/p --format velero --image i", "not on the volume that Velero"),
            ("--every 6h --to /var/lib/rekindle/a --format velero", "Velero's pod needs an image"),
            ("--every 6h --to /var/lib/rekindle/a --namespace n", "are for --format velero"),
            (
                "--every 6h --to /var/lib/rekindle/a --format velero --image i --namespace A.b",
                "--namespace A.b is no namespace of Kubernetes"
            ),
        ]
    )
    func refuses(_ line: String, _ fact: String) throws {
        let result = try Folder().snapshot(line)
        #expect(result.status == 64, "\(result.error)")
        #expect(result.error.contains(fact) && result.error.contains("HINT: "), "\(result.error)")
    }
}
