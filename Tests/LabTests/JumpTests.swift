import Foundation
import Testing

/// The way to etcd-2 and etcd-3 is cut; only etcd-1 still reaches them.
@Suite(
    "Members behind a jump host",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("jump", etcd: "3.5")
)
struct JumpTests {
    /// The lab's inventory with a jump host for all members but the one that it is.
    private static func inventory(_ lost: LostCluster, port: Int) throws -> String {
        let jump = "ops@\(try lost.lab.value("LAB_IP_1")):\(port)"
        let text = try String(contentsOfFile: try lost.lab.inventory, encoding: .utf8)
            .replacing("\nssh:\n", with: "\nssh:\n  jump: \(jump)\n")
            .replacing("{name: etcd-1, ", with: "{name: etcd-1, ssh: {jump: none}, ")
        #expect(text.contains(jump) && text.contains("jump: none"))
        let path = lost.scratch.file("inventory-\(port).yaml")
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// The lab's inventory, with the jump host in a configuration of OpenSSH.
    private static func configured(_ lost: LostCluster) throws -> String {
        let config = """
            Host \(try lost.lab.value("LAB_IP_2")) \(try lost.lab.value("LAB_IP_3"))
              ProxyJump ops@\(try lost.lab.value("LAB_IP_1"))
            """
        try Data(config.utf8).write(to: URL(filePath: lost.scratch.file("config")))
        let text = try String(contentsOfFile: try lost.lab.inventory, encoding: .utf8)
            .replacing("\nssh:\n", with: "\nssh:\n  config: config\n")
        let path = lost.scratch.file("inventory-config.yaml")
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// Has two hosts answer nothing to this machine, on any port; the other hosts are answered.
    private static func cut(_ lab: Lab, _ verb: String) throws {
        let network = try lab.value("LAB_IP_1").split(separator: ".").dropLast()
        let here = network.joined(separator: ".") + ".1"
        for member in [2, 3] {
            try lab.exec(member, "ip route \(verb) blackhole \(here)/32")
        }
    }

    private static func rekindle(
        _ lost: LostCluster,
        _ inventory: String,
        _ words: String...
    ) throws -> Program.Result {
        try lost.lab.rekindle(["-i", inventory, "--state-dir", lost.stateDirectory] + words)
    }

    @Test("are restored through it, and are left alone where it cannot be reached")
    func restored() throws {
        let lost = try LostCluster(.current)
        let before = try lost.lab.fingerprints(withData: false)
        try Self.cut(lost.lab, "add")
        var isCut = true
        defer { if isCut { try? Self.cut(lost.lab, "del") } }

        let jump = try lost.lab.value("LAB_IP_1")
        let refused = try Self.rekindle(
            lost,
            try Self.inventory(lost, port: 1),
            "restore",
            "--snapshot",
            lost.snapshot,
            "--yes"
        )
        #expect(refused.status == 3, "\(refused.errorText)")
        // as it would stand in one line
        let said = refused.errorText.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            said.contains(
                "jump host \(jump):1: cannot connect to \(jump):1: connection refused"
            ),
            "\(refused.errorText)"
        )
        #expect(said.contains("HINT: nothing listens on port 1: is sshd running there?"))
        #expect(Difference.lines(before, try lost.lab.fingerprints(withData: false)) == [])

        let check = try Self.rekindle(lost, try Self.configured(lost), "check")
        #expect(check.status == 0, "\(check.errorText)")

        let inventory = try Self.inventory(lost, port: 22)
        let restore = try Self.rekindle(
            lost,
            inventory,
            "restore",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "--output",
            "json"
        )
        try Self.cut(lost.lab, "del")
        isCut = false
        try #require(restore.status == 0, "\(restore.errorText)")
        let document = try RunDocument(restore)
        #expect(document.members.map(\.state) == ["proven", "proven", "proven"])
        try lost.requireRestored()
        try lost.lab.requireTidy(after: document.run)
    }

    @Test("are restored through one that drops every login but one at a time")
    func busy() throws {
        let lost = try LostCluster(.current)
        let config = "/etc/ssh/sshd_config"
        try lost.lab.exec(
            1,
            """
            cp -p \(config) \(config).before
            sed -i '1i MaxStartups 1\\nPerSourceMaxStartups 1' \(config)
            sshd -t && systemctl restart ssh
            """
        )
        defer {
            _ = try? lost.lab.exec(1, "mv \(config).before \(config) && systemctl restart ssh")
        }
        let restore = try Self.rekindle(
            lost,
            try Self.inventory(lost, port: 22),
            "restore",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "--output",
            "json"
        )
        try #require(restore.status == 0, "\(restore.errorText)")
        let document = try RunDocument(restore)
        #expect(document.members.map(\.state) == ["proven", "proven", "proven"])
        try lost.requireRestored()
        try lost.lab.requireTidy(after: document.run)
    }
}
