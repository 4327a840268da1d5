import Foundation
import Testing

@testable import RekindleCommands

private let hasAnalyze = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

/// What a shell, systemd or YAML could take for something else.
enum HostileWords {
    static let all = [
        "", " ", "a b", "100%", "%h", "%%", "$HOME", "${HOME}", "$$", "$", "a\"b", "a'b", "'", "\\",
        "\\n", "a\\", ";", "a;b", "#", "#x", "|", "&", "~/x", "*", "-", "--", "@x", "+x", "!x",
        ":x",
        "[a]", "{a: b}", "a: b", "yes", "null", "~", "1e3", "0x1F", "é", "日本", "😀", "a=b", "`id`",
        "$(id)", "$(HOME)", "$$(HOME)", "x$", "<a>", "\u{202E}x", "x\u{FEFF}", "?", "%i%n",
    ]
}

@Suite("Units of a drill")
struct JobUnitsTests {
    @Test(
        "write a word as systemd reads it back",
        arguments: [
            ("drill", "drill"), ("--a=b", "--a=b"), ("/srv/x.db", "/srv/x.db"),
            ("s3://b/p/latest", "s3://b/p/latest"), ("", "\"\""), ("a b", "\"a b\""),
            ("100%", "100%%"), ("$HOME", "$$HOME"), ("a\"b\\", "\"a\\\"b\\\\\""), (";", "\";\""),
            ("'", "\"'\""), ("é", "\"é\""),
            // each with a combining mark behind it, which makes it another Character
            ("\"\u{301}$\u{301}%\u{301}", "\"\\\"\u{301}$$\u{301}%%\u{301}\""),
        ]
    )
    func argument(_ word: String, _ written: String) {
        #expect(SystemdText.argument(word) == written)
    }

    @Test("leave a dollar in a path, where no variable is replaced")
    func path() {
        #expect(SystemdText.path("/a $b%") == "\"/a $b%%\"")
    }

    @Test(
        "hold no line break and nothing else that is not seen",
        arguments: ["\n", "\t", "\u{7F}"]
    )
    func control(_ text: String) {
        #expect(!SystemdText.canHold("a\(text)b"))
        #expect(SystemdText.canHold("a b"))
    }

    @Test("say what a drill may do, and that no failure is a success")
    func service() throws {
        let text = try #require(Self.units().files.first).text
        let lines = text.split(separator: "\n").map(String.init)
        for line in [
            "Type=oneshot", "User=rekindle", "StateDirectory=rekindle", "TimeoutStartSec=21600",
            "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes",
            "ReadWritePaths=\"-/srv/my state\"", "ReadWritePaths=-/var/lib/metrics",
            "Description=Rehearse the restore of the etcd cluster prod",
        ] { #expect(lines.contains(line), "\(line)") }
        #expect(!text.contains("SuccessExitStatus"))
        #expect(
            lines.contains("ExecStart=/usr/bin/true drill --snapshot s3://b/p/latest --local")
        )
    }

    @Test("have a timer that makes up for what was missed")
    func timer() throws {
        let text = try #require(Self.units().files.last).text
        for line in [
            "OnCalendar=*-*-01 03:00:00", "Persistent=true", "RandomizedDelaySec=3600",
            "WantedBy=timers.target",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
    }

    @Test(
        "are taken by systemd-analyze verify without a word, whatever is in a word",
        .enabled(if: hasAnalyze, "systemd-analyze is not installed")
    )
    func verify() throws {
        var units = Self.units()
        units.schedule.words += HostileWords.all
        units.stateDir = "/srv/a%h \"b\" \\c"
        let said = try Self.verify(units.files)
        #expect(said == "", "\(said)")
        // each day that a timer may name
        for every in [JobCalendar.daily, .weekly, .own("Sat *-*-* 02:30:00")] {
            units.schedule.every = every
            let said = try Self.verify(units.files)
            #expect(said == "", "\(said)")
        }
    }

    @Test(
        "are told from wrong ones by systemd-analyze verify",
        .enabled(if: hasAnalyze, "systemd-analyze is not installed"),
        arguments: [
            ("--local", "\"--local"),
            ("/usr/bin/true", "/usr/bin/tr\\\\ue"),
            ("ProtectSystem=strict", "ProtectSystem=strictly"),
            ("OnCalendar=*-*-01", "OnCalendar=*-*-41"),
        ]
    )
    func control(_ part: String, _ wrong: String) throws {
        var files = Self.units().files
        for index in files.indices {
            files[index].text = files[index].text.replacing(part, with: wrong)
        }
        #expect(try Self.verify(files) != "")
    }

    static func units() -> JobUnits {
        JobUnits(
            schedule: JobSchedule(
                job: .drill,
                name: "rekindle-drill-prod",
                cluster: "prod",
                every: .monthly,
                words: ["drill", "--snapshot", "s3://b/p/latest", "--local"],
                limit: 21_600
            ),
            program: "/usr/bin/true",
            user: "rekindle",
            stateDir: "/srv/my state",
            metricsDir: "/var/lib/metrics",
            randomizedDelay: 3600
        )
    }

    /// What systemd-analyze has to say of our files.
    static func verify(_ files: [ScheduleFile]) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-units-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in files {
            try Data(file.text.utf8).write(to: folder.appending(path: file.name))
        }
        let paths = files.map { folder.appending(path: $0.name).path }
        let result = try BuiltProgram.run(["verify"] + paths, of: "/usr/bin/systemd-analyze")
        // units of this machine that it meets on the way are none of ours
        let ours = (result.output + result.error).split(separator: "\n")
            .filter { $0.contains("rekindle") }
        return ours.joined(separator: "\n") + (result.status == 0 ? "" : "status \(result.status)")
    }
}
