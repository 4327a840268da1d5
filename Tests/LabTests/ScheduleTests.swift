import Foundation
import Testing

/// Units as they are installed, under a systemd that is real.
@Suite(
    "A drill's timer",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("schedule", members: 1, etcd: "3.5")
)
struct ScheduleTests {
    /// What a shell, systemd or a variable could take for something else.
    private static let words = [
        "", "a b", "100%", "%h", "%%", "$HOME", "${HOME}", "$$", "a\"b", "'", "\\", "a\\", ";", "#",
        "*", "é", "\u{202E}", "@x", "$(id)",
    ]

    /// Stands in for the drill: notes what it was started with, and ends as it is told.
    private static let standIn = """
        #!/bin/sh
        cd /var/lib/rekindle || exit 90
        printf '%s\\0' "$@" >arguments
        { id -un; umask; pwd; echo "$MARK"; } >facts
        touch /etc/rekindle/x 2>/dev/null && echo 'wrote to /etc' >>facts
        ls /tmp >>facts
        exit "$(cat status)"
        """

    @Test(
        "is installed, starts the drill as its user with the very words, and a missed objective fails"
    )
    func installed() throws {
        let host = try DrillHost(.current, standIn: Self.standIn)
        try host.finishDrill(with: 0)
        let installed = try host.schedule(["--every", "monthly"], Self.words)
        #expect(installed.status == 0, "\(installed.errorText)")
        #expect(try host.show("timer", "UnitFileState", "ActiveState") == ["enabled", "active"])
        #expect(try host.show("timer", "Persistent") == ["yes"])
        #expect(
            try host.sh("systemctl show -p NextElapseUSecRealtime rekindle-drill-prod.timer")
                .contains("-01 0")
        )

        try host.sh("touch /tmp/of-the-host; systemctl start rekindle-drill-prod.service")
        #expect(try host.show("service", "Result", "ActiveState") == ["success", "inactive"])
        let facts = try host.sh("cat /var/lib/rekindle/facts").split(separator: "\n")
        #expect(facts == ["rekindle", "0077", "/var/lib/rekindle", "from the file"])
        #expect(
            try host.arguments() == [
                "drill", "--snapshot", "s3://b/p/latest", "--inventory",
                "/etc/rekindle/inventory.yaml", "--state-dir", "/var/lib/rekindle",
            ] + Self.words
        )

        // proven, and too slow
        try host.finishDrill(with: 6)
        try host.sh("! systemctl start rekindle-drill-prod.service")
        #expect(
            try host.show("service", "Result", "ActiveState", "ExecMainStatus")
                == ["exit-code", "failed", "6"]
        )
        try host.sh("systemctl reset-failed rekindle-drill-prod.service")
    }

    @Test("starts the drill by itself")
    func elapses() throws {
        let host = try DrillHost(.current, standIn: Self.standIn)
        try host.finishDrill(with: 0)
        let installed = try host.schedule(
            ["--every", "*-*-* *:*:*", "--randomized-delay", "0s"],
            ["--local"]
        )
        #expect(installed.status == 0, "\(installed.errorText)")
        let hasRun = try Watchdog.wait(atMost: 30, every: 100_000) {
            try host.sh("cat /var/lib/rekindle/arguments 2>/dev/null; true").hasSuffix("--local\0")
        }
        let timer = try host.sh("systemctl status --no-pager rekindle-drill-prod.timer; true")
        #expect(hasRun, "\(timer)")
        try host.sh("systemctl disable --now rekindle-drill-prod.timer")
    }

    @Test("makes up for a drill that was due while the host was off")
    func missed() throws {
        let host = try DrillHost(.current, standIn: Self.standIn)
        try host.finishDrill(with: 0)
        let options = ["--every", "monthly", "--randomized-delay", "0s"]
        let installed = try host.schedule(options, ["--local"])
        #expect(installed.status == 0, "\(installed.errorText)")
        let stamp = "/var/lib/systemd/timers/stamp-rekindle-drill-prod.timer"
        try host.sh(
            """
            systemctl stop rekindle-drill-prod.timer; touch -d '40 days ago' \(stamp)
            test ! -e /var/lib/rekindle/arguments; systemctl start rekindle-drill-prod.timer
            """
        )
        let hasRun = try Watchdog.wait(atMost: 30, every: 100_000) {
            try host.sh("cat /var/lib/rekindle/arguments 2>/dev/null; true").hasSuffix("--local\0")
        }
        #expect(hasRun)
    }

    @Test("lets Rekindle read its key and a packed snapshot, and reach the members")
    func confined() throws {
        let host = try DrillHost(
            .current,
            standIn: """
                #!/bin/sh
                export LD_LIBRARY_PATH=\(DrillHost.folder)
                exec \(DrillHost.folder)/rekindle check -i /etc/rekindle/lab.yaml --snapshot /srv/s.db.gz
                """
        )
        try host.finishDrill(with: 0)
        try host.bringLabInventory()
        let installed = try host.schedule(["--every", "monthly"], [])
        #expect(installed.status == 0, "\(installed.errorText)")
        try host.sh("systemctl start rekindle-drill-prod.service; true")
        let said = try host.sh("journalctl -o cat -u rekindle-drill-prod --no-pager -n 100")
        #expect(
            try host.show("service", "Result", "ExecMainStatus") == ["success", "0"],
            "\(said)"
        )
        #expect(said.contains("is proven, revision"), "\(said)")
    }

    @Test("leaves a unit alone that somebody wrote by hand")
    func foreign() throws {
        let host = try DrillHost(.current, standIn: Self.standIn)
        let path = "/etc/systemd/system/rekindle-drill-prod.timer"
        try host.sh("rm -f \(path); echo '[Timer]' >\(path)")
        defer { #expect(throws: Never.self) { try host.sh("rm \(path)") } }
        let refused = try host.schedule(["--every", "daily"], [])
        #expect(refused.status == 3, "\(refused.errorText)")
        #expect(refused.errorText.contains("\(path) is there"))
        #expect(try host.sh("cat \(path)") == "[Timer]\n")
    }
}

/// A host of the lab as a coordinator: Rekindle, its user, an inventory.
private struct DrillHost {
    let lab: Lab
    static let folder = "/opt/rekindle-under-test"
    private static let program = "/usr/local/bin/drill-stand-in"

    init(_ lab: Lab, standIn: String) throws {
        self.lab = lab
        try Self.copyProgram(to: lab)
        let inventory = """
            cluster: {name: prod}
            members: [{name: a, host: 10.0.0.1, initial-advertise-peer-urls: [http://10.0.0.1:2380]}]
            """
        try sh(
            """
            id rekindle >/dev/null 2>&1 \
            || useradd --system --home-dir /var/lib/rekindle --shell /usr/sbin/nologin rekindle
            mkdir -p /etc/rekindle
            cat >\(Self.program) <<'END'
            \(standIn)
            END
            chmod 755 \(Self.program)
            cat >/etc/rekindle/inventory.yaml <<'END'
            \(inventory)
            END
            echo "MARK='from the file'" >/etc/rekindle/drill.env
            chmod 600 /etc/rekindle/drill.env
            rm -rf /var/lib/rekindle
            """
        )
    }

    /// With the libraries of Swift, which the host does not have.
    private static func copyProgram(to lab: Lab) throws {
        let there = try lab.exec(1, "test -x \(folder)/rekindle && echo yes; true").outputText
        guard there.isEmpty else { return }
        try Program.require(
            "/bin/bash",
            [
                "-c",
                """
                set -euo pipefail
                libraries=$(ldd "$1" | awk '$3 ~ "^/" && $3 !~ "^/(usr/)?lib/" { print $3 }')
                tar -chf - --transform 's|.*/||' "$1" $libraries 2>/dev/null \\
                | "$2" --lab "$3" 1 sh -c 'mkdir -p \(folder) && tar -xf - -C \(folder)'
                """,
                "bash", Rekindle.path, "\(Lab.root)/lab/exec", lab.name,
            ]
        )
    }

    @discardableResult
    func sh(_ script: String) throws -> String { try lab.exec(1, script).outputText }

    /// The lab's inventory, key and known hosts, and a snapshot, where the drill's user reads them.
    func bringLabInventory() throws {
        let scratch = try Scratch()
        try lab.script("snapshot", [scratch.file("s.db")])
        var inventory = try String(contentsOfFile: lab.inventory, encoding: .utf8)
        for (key, name) in [("LAB_SSH_KEY", "id_ed25519"), ("LAB_KNOWN_HOSTS", "known_hosts")] {
            let path = try lab.value(key)
            inventory = inventory.replacing(path, with: "~/.ssh/\(name)")
            try Program.require("/bin/cp", [path, scratch.file(name)])
        }
        try Data(inventory.utf8).write(to: URL(filePath: scratch.file("lab.yaml")))
        try Program.require(
            "/bin/bash",
            [
                "-c",
                """
                set -euo pipefail
                gzip "$1/s.db"
                tar -C "$1" -cf - . | "$2" --lab "$3" 1 sh -c '
                    cd "$(mktemp -d)" && tar -xf - && mv s.db.gz /srv/ && mv lab.yaml /etc/rekindle/
                    install -d -o rekindle -g rekindle -m 700 /var/lib/rekindle/.ssh
                    install -o rekindle -m 600 id_ed25519 known_hosts /var/lib/rekindle/.ssh/
                    chmod 644 /srv/s.db.gz /etc/rekindle/lab.yaml'
                """,
                "bash", scratch.path, "\(Lab.root)/lab/exec", lab.name,
            ]
        )
    }

    func finishDrill(with status: Int) throws {
        try sh(
            """
            install -d -o rekindle -g rekindle -m 700 /var/lib/rekindle
            echo \(status) >/var/lib/rekindle/status; chmod 644 /var/lib/rekindle/status
            """
        )
    }

    func schedule(_ options: [String], _ extra: [String]) throws -> Program.Result {
        try Program.run(
            "\(Lab.root)/lab/exec",
            [
                "--lab", lab.name, "1", "env", "LD_LIBRARY_PATH=\(Self.folder)",
                "\(Self.folder)/rekindle", "schedule", "drill", "-i",
                "/etc/rekindle/inventory.yaml", "--snapshot", "s3://b/p/latest", "--program",
                Self.program, "--install",
            ] + options + ["--"] + extra
        )
    }

    /// The properties of our service or timer, in the order in which they are named.
    func show(_ kind: String, _ properties: String...) throws -> [String] {
        try properties.map { property in
            try sh("systemctl show --value -p \(property) rekindle-drill-prod.\(kind)")
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    func arguments() throws -> [String] {
        let bytes = try sh("cat /var/lib/rekindle/arguments")
        return bytes.split(separator: "\0", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }
}
