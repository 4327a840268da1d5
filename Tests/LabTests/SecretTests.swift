import Foundation
import Glibc
import Testing

/// Every secret is marked, every command is run, failing ones too; then the marks are looked for.
@Suite(
    "A secret",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"),
        "script (util-linux) makes the terminal at which the passphrase is typed"
    ),
    .lab("secret", etcd: "3.5")
)
struct SecretTests {
    @Test("that is planted is found, in each of the places")
    func control() throws {
        let bench = try SecretBench(.current)
        let mark = SecretBench.mark("planted")
        let watch = SecretWatch([mark])
        let shown = try Program.start("/bin/sh", ["-c", "sleep 3; : \(mark)"])
        let kept = try Program.start("/bin/sleep", ["3"], environment: ["PLANTED": mark])
        try bench.lab.exec(2, "sleep 3; : \(mark)")
        _ = try (shown.finish(), kept.finish())
        let (found, looks) = watch.stop()
        #expect(found.contains { $0.hasPrefix("cmdline") }, "\(found), \(looks) looks")
        #expect(found.contains { $0.hasPrefix("environ") }, "\(found), \(looks) looks")

        try bench.lab.exec(2, "echo \(mark) >/var/tmp/planted")
        defer { #expect(throws: Never.self) { try bench.lab.exec(2, "rm /var/tmp/planted") } }
        let files = try bench.filesOnHost(2, marks: [mark], sparing: [])
        #expect(files == ["/var/tmp/planted"])
        #expect(try bench.journalOfHost(2, marks: [mark]) == [])
        try bench.lab.exec(2, "echo \(mark) | systemd-cat -t planted")
        #expect(
            try Watchdog.wait(atMost: 10, every: 100_000) {
                try !bench.journalOfHost(2, marks: [mark]).isEmpty
            }
        )
        #expect(try bench.filesOnHost(3, marks: [mark], sparing: []) == [])
        // the value is in the data, and nowhere else before the first run
        let data = "\(try bench.lab.dataDirectory)/member*"
        #expect(try bench.filesOnHost(1, marks: bench.marks, sparing: []) != [])
        #expect(try bench.filesOnHost(1, marks: bench.marks, sparing: [data]) == [])
    }

    @Test("leaves the terminal as it was where a person presses Ctrl-C instead of typing it")
    func brokenOff() throws {
        let bench = try SecretBench(.current)
        let ended = try TerminalProgram.run(
            [
                "/bin/sh", "-c", "stty -a; \"$@\"; echo \"ended by $?\"; stty -a", "sh",
                "\(Lab.root)/lab/run", "--lab", bench.lab.name, "env", "-u", "SSH_AUTH_SOCK",
                Rekindle.path, "check", "-i", bench.inventory,
            ],
            passphrase: "half of it\u{3}"
        )
        let transcript = ended.transcript.replacing("\r\n", with: "\n")
        let parts = transcript.split(separator: "\nended by ")
        try #require(parts.count == 2, "\(transcript)")
        #expect(parts[1].hasPrefix("130\n"), "\(transcript)")
        #expect(!transcript.contains("half"), "\(transcript)")
        for part in parts { #expect(part.contains("isig icanon"), "\(transcript)") }
        for part in parts { #expect(part.contains(" echo "), "\(transcript)") }
    }

    @Test("is shown by no command, and kept only where only root can read it")
    func nowhere() throws {
        let bench = try SecretBench(.current)
        let lab = bench.lab
        let data = try lab.dataDirectory
        let watch = SecretWatch(bench.marks)
        var transcripts: [(String, String)] = []
        func run(_ status: Int32, _ words: String..., typing: String? = nil) throws {
            let result = try bench.rekindle(words, typing: typing)
            let line = words.joined(separator: " ")
            transcripts.append((line, result.transcript))
            #expect(result.status == status, "\(line): \(result.transcript)")
        }

        // what only looks
        try run(0, "check")
        try run(0, "inventory", "show")
        try run(0, "snapshot", "verify", bench.snapshot)
        for format in ["text", "json", "markdown", "shell"] {
            try run(0, "plan", "--snapshot", bench.snapshot, "--format", format)
        }
        // what is refused
        try run(3, "check", typing: bench.wrongPassphrase)
        let damaged = bench.scratch.file("damaged.db")
        var bytes = try Data(contentsOf: URL(filePath: bench.snapshot))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: damaged))
        try run(65, "snapshot", "verify", damaged)
        try run(65, "restore", "--yes", "--snapshot", damaged)

        // what fails on a host, and is finished
        let tool = "/usr/local/bin/etcdutl"
        try lab.exec(
            2,
            """
            printf '%s\\n' '#!/bin/sh' 'if [ "$1" = version ]; then exec /usr/bin/etcdutl "$@"; fi' \
            'echo "Error: no space left on device" >&2; exit 1' >\(tool); chmod 755 \(tool)
            """
        )
        let modes = try ModeWatch(lab)
        try run(1, "restore", "--yes", "--snapshot", bench.snapshot)
        try run(0, "runs")
        try run(0, "runs", "show")
        try run(0, "report")
        // the plan names it: it is mended, and stays
        try lab.exec(2, "printf '%s\\n' '#!/bin/sh' 'exec /usr/bin/etcdutl \"$@\"' >\(tool)")
        try run(0, "resume")
        checkModes(modes.stop())
        try run(0, "report", "--format", "text")
        try run(0, "report", "--format", "json")
        try run(0, "runs", "verify")
        try run(0, "rollback", "--yes")
        try run(0, "clean", "--yes")

        // a lock of somebody else
        try lab.exec(
            3,
            "umask 077; mkdir -p \(data)/.rekindle; "
                + "echo run=20200101T000000Z-aaaaaa >\(data)/.rekindle/lock"
        )
        let locked = try bench.rekindle(["restore", "--yes", "--snapshot", bench.snapshot])
        transcripts.append(("restore of a locked host", locked.transcript))
        #expect([3, 5].contains(locked.status), "\(locked.transcript)")
        try lab.exec(3, "rm -r \(data)/.rekindle")

        let (found, looks) = watch.stop()
        #expect(found.isEmpty, "\(found)")
        #expect(looks > 20)
        for (line, text) in transcripts {
            for mark in bench.marks where text.contains(mark) {
                Issue.record("\(line) shows \(mark):\n\(text)")
            }
        }
        #expect(transcripts.contains { $0.1.contains("passphrase for ") }, "none was asked for")
        try checkFiles(bench, data)
    }

    /// A snapshot's copy and a staging directory hold every secret of the cluster.
    private func checkModes(_ seen: [(mode: UInt32, owner: String, type: String, path: String)]) {
        #expect(seen.contains { $0.path.hasSuffix("/snapshot.db") }, "the copy was never seen")
        #expect(seen.contains { $0.path.contains("/staging/") }, "no staging was ever seen")
        for file in seen {
            #expect(file.mode & 0o077 == 0, "\(String(file.mode, radix: 8)) \(file.path)")
            let isEtcds = ["/staging", "/aside/", "/discarded/"].contains { file.path.contains($0) }
            if !isEtcds { #expect(file.owner == "root", "\(file.owner): \(file.path)") }
            if file.path.hasSuffix("/snapshot.db") { #expect(file.mode == 0o600) }
            if file.path.hasSuffix("/.rekindle") { #expect(file.mode == 0o700) }
        }
    }

    private func checkFiles(_ bench: SecretBench, _ data: String) throws {
        for member in try bench.lab.members {
            let files = try bench.filesOnHost(
                member,
                marks: bench.marks,
                sparing: ["\(data)/member*"]
            )
            #expect(files == [], "etcd-\(member)")
            #expect(try bench.journalOfHost(member, marks: bench.marks) == [], "etcd-\(member)")
        }
        let state = try bench.stateFiles()
        #expect(state.contains { $0.path.hasSuffix("/journal.jsonl") })
        #expect(state.contains { $0.path.hasSuffix("/report.json") })
        for file in state {
            #expect(!file.hasMark, "\(file.path)")
            #expect(file.mode == (file.isFolder ? 0o700 : 0o600), "\(file.path): \(file.mode)")
        }
    }
}
