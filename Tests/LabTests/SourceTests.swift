import Foundation
import Glibc
import Testing

@Suite(
    "A snapshot that lies elsewhere",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("src", etcd: "3.5")
)
struct SourceTests {
    @Test("is copied on the member that has it, sent to the others, and restored")
    func member() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        try shell(
            "exec \"$1\" --lab \"$2\" etcd-1 sh -c 'umask 077; cat >/root/prod.db' <\"$3\"",
            ["\(Lab.root)/lab/exec", lab.name, lost.snapshot]
        )
        let plan = try lost.rekindle("plan", "--snapshot", "etcd-1:/root/prod.db", "--verbose")
        #expect(plan.status == 0, "\(plan.errorText)")
        #expect(plan.outputText.contains("copy /root/prod.db of this host to"))
        #expect(plan.outputText.contains("cp --reflink=auto -T -- /root/prod.db"))
        let restore = try lost.rekindle(
            "restore",
            "--snapshot",
            "etcd-1:/root/prod.db",
            "--yes",
            "-q"
        )
        #expect(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        #expect(try lab.exec(1, "ls /root/prod.db").outputText == "/root/prod.db\n")
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        #expect(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
    }

    @Test(
        "in a bucket, packed and encrypted, is restored; and read again by a resume",
        .enabled(if: S3.isAvailable, "needs zstd, gpg, awscli and .build/moto (lab/prepare)")
    )
    func bucket() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let server = try S3(lab)
        defer { server.stop() }
        let pass = lost.scratch.file("pass")
        try Data("a good passphrase\n".utf8).write(to: URL(filePath: pass))
        try shell(
            """
            mkdir -m 700 -- "$3"
            zstd -qc "$1" | gpg --homedir "$3" --batch -q --no-options \\
            --pinentry-mode loopback --passphrase-file "$2" -c >"$1.zst.gpg"
            gpgconf --homedir "$3" --kill all
            """,
            [lost.snapshot, pass, lost.scratch.file("gnupg")]
        )
        try server.aws("s3", "mb", "s3://backups")
        try server.aws("s3", "cp", "\(lost.snapshot).zst.gpg", "s3://backups/prod/x.db.zst.gpg")
        let source = ["--passphrase-file", pass, "--endpoint-url", S3.url]
        try lab.script("link", ["rate", "2", "400kbit"])
        let running = try Program.start(
            "\(Lab.root)/lab/run",
            ["--lab", lab.name, Rekindle.path]
                + (try lost.arguments(
                    ["restore", "--snapshot", "s3://backups/prod/latest", "--yes"] + source
                )),
            environment: S3.credentials
        )
        let isCopying = lost.journal.wait(for: .before("upload-snapshot"), in: running)
        running.kill(SIGKILL)
        let killed = try running.finish()
        try lab.script("link", ["rate", "2", "off"])
        #expect(isCopying, "\(killed.errorText)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: lost.stateDirectory) == ["runs"],
            "no copy of it stays on the coordinator"
        )
        let without = try lab.rekindle(
            try lost.arguments(["resume", "--endpoint-url", S3.url]),
            environment: S3.credentials
        )
        #expect(without.status == 65, "\(without.errorText)")
        #expect(without.errorText.contains("s3://backups/prod/x.db.zst.gpg"))
        #expect(without.errorText.contains("resume"))
        let resume = try lab.rekindle(
            try lost.arguments(["resume", "-q"] + source),
            environment: S3.credentials
        )
        #expect(resume.status == 0, "\(resume.errorText)")
        try lost.requireRestored()
    }

    @Test("came on standard input, and is given again, and no other, to a resume")
    func standardInput() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let other = lost.scratch.file("other.db")
        try lab.script("snapshot", [other])
        try lab.script("link", ["rate", "3", "400kbit"])
        let words = try lost.arguments(["restore", "--snapshot", "-", "--yes"])
        let running = try Program.start(
            "/bin/sh",
            [
                "-c", "f=$1; shift; exec \"$@\" <\"$f\"", "sh", lost.snapshot,
                "\(Lab.root)/lab/run", "--lab", lab.name, Rekindle.path,
            ] + words
        )
        let isCopying = lost.journal.wait(for: .before("upload-snapshot"), in: running)
        running.kill(SIGKILL)
        let killed = try running.finish()
        try lab.script("link", ["rate", "3", "off"])
        #expect(isCopying, "\(killed.errorText)")
        let without = try lost.rekindle("resume")
        #expect(without.status == 65)
        #expect(without.errorText.contains("--snapshot -"), "\(without.errorText)")
        let wrong = try lost.rekindle("resume", "--snapshot", other)
        #expect(wrong.status == 65)
        #expect(wrong.errorText.contains("is not the snapshot that the run began with"))
        let resume = try lost.rekindle("resume", "-q", "--snapshot", lost.snapshot)
        #expect(resume.status == 0, "\(resume.errorText)")
        try lost.requireRestored()
    }

    private func shell(_ line: String, _ arguments: [String]) throws {
        try Program.require("/bin/sh", ["-c", line, "sh"] + arguments)
    }
}

/// moto in the coordinator's network.
private struct S3 {
    static let url = "http://127.0.0.1:5055"
    static let credentials = [
        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    ]
    private static let program = "\(Lab.root)/.build/moto/bin/moto_server"

    static var isAvailable: Bool {
        ["/usr/bin/zstd", "/usr/bin/gpg", "/usr/bin/aws", program].allSatisfy {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private let lab: Lab
    private let server: Program.Running

    init(_ lab: Lab) throws {
        self.lab = lab
        server = try Program.start(
            "\(Lab.root)/lab/run",
            ["--lab", lab.name, Self.program, "-H", "127.0.0.1", "-p", "5055"]
        )
        // until it answers
        _ = Watchdog.wait(atMost: 60, every: 200_000) { (try? aws("s3", "ls")) != nil }
    }

    func aws(_ words: String...) throws {
        let result = try Program.run(
            "\(Lab.root)/lab/run",
            ["--lab", lab.name, "/usr/bin/aws", "--endpoint-url", Self.url] + words,
            environment: Self.credentials
        )
        try #require(result.status == 0, "\(result.errorText)")
    }

    func stop() {
        server.kill(SIGKILL)
        _ = try? server.finish(within: 10)
    }
}
