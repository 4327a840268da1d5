import Foundation
import Testing

@Suite(
    "etcd in a container under systemd",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: "/usr/bin/podman"),
        "podman is not installed"
    ),
    .lab("containers", etcd: "3.5")
)
struct ContainerTests {
    func cluster() throws -> LostCluster {
        let lost = try LostCluster(.current)
        try lost.lab.script("containers", [])
        return lost
    }

    @Test("is discovered, restored and proven, and rolled back")
    func restores() throws {
        let lost = try cluster()
        let folder = URL(filePath: try lost.lab.inventory).deletingLastPathComponent().path
        let text = try String(contentsOfFile: try lost.lab.inventory, encoding: .utf8)
        let host = try #require(text.firstMatch(of: /host: ([0-9.]+),/)?.1)
        let drafted = try lost.lab.rekindle([
            "inventory", "discover", String(host), "--user", "ops", "--become", "sudo",
            "--identity", "\(folder)/id_ed25519", "--known-hosts", "\(folder)/known_hosts",
        ])
        try #require(drafted.status == 0, "\(drafted.errorText)")
        #expect(drafted.outputText.contains("data-dir: \"/var/lib/etcd\"\n"))
        #expect(drafted.outputText.contains("etcd-3"))
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        try #require(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
    }

    @Test("is not touched where its container outlives its unit")
    func outlives() throws {
        let lost = try cluster()
        // as docker's: the unit's processes are its client, and a stop ends no more than that
        try lost.lab.exec(
            2,
            """
            mkdir -p /run/systemd/system/etcd.service.d
            printf '[Service]\\nExecStop=\\nExecStop=/bin/true\\nKillMode=none\\nTimeoutStopSec=1\\n' \
            >/run/systemd/system/etcd.service.d/stay.conf
            systemctl daemon-reload
            """
        )
        let before = try lost.lab.exec(2, "ls -i \(try lost.lab.dataDirectory)/member").outputText
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        #expect(restore.status == 1, "\(restore.errorText)")
        let said = restore.outputText + restore.errorText
        #expect(said.contains("etcd-2"), "\(said)")
        #expect(said.contains("/snap/db open although etcd.service is stopped"), "\(said)")
        #expect(
            try lost.lab.exec(2, "ls -i \(try lost.lab.dataDirectory)/member").outputText == before
        )
        #expect(try lost.lab.exec(2, "pgrep -c -x etcd").outputText == "1\n")
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        #expect(rollback.status != 70, "\(rollback.errorText)")
    }
}
