import Foundation
import Glibc
import Testing

/// Hosts on which etcd is set up as people do: nothing of it stands where a lab would write it, and other services
/// live by it.
@Suite(
    "Hosts as they are",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("wild", etcd: "3.5")
)
struct HostsAsTheyAreTests {
    /// Two deep, a timer, a target, and one that was off.
    private static let up = ["first.service", "second.service", "tick.timer", "all.target"]

    private func cluster() throws -> LostCluster {
        try LostCluster(.current) { lab, scratch in
            for member in try lab.members { try lab.exec(member, Self.script) }
            // the inventory does not say where the data is: the host has to
            let known = try String(contentsOfFile: lab.inventory, encoding: .utf8)
            let own = scratch.file("inventory.yaml")
            try known.split(separator: "\n").filter { !$0.hasPrefix("  data-dir:") }
                .joined(separator: "\n").appending("\n")
                .write(toFile: own, atomically: true, encoding: .utf8)
            var asked = lab
            asked.ownInventory = own
            return asked
        }
    }

    /// The flags move into a variable of a file with CRLF, the directory gets a slash; dependents are started.
    private static let script = """
        set -e
        f=/etc/default/etcd u=/etc/systemd/system
        name=$(sed -n 's/^ETCD_NAME=//p' $f | tr -d "\\"'") dir=$(sed -n 's/^ETCD_DATA_DIR=//p' $f | tr -d "\\"'")
        sed -i '/^ETCD_NAME=/d; /^ETCD_DATA_DIR=/d' $f
        printf 'DAEMON_ARGS="--name %s --data-dir=%s/"\\n' "$name" "$dir" >>$f
        sed -i 's/$/\\r/' $f
        sed -i 's|^ExecStart=.*|ExecStart=/usr/bin/etcd $DAEMON_ARGS\\r|' $u/etcd.service
        unit() { printf '[Unit]\\n%s\\n[%s]\\n%s\\n' "$2" "$3" "$4" >$u/$1; }
        unit first.service "Requires=etcd.service\\nAfter=etcd.service" Service 'ExecStart=/bin/sleep infinity'
        unit second.service "BindsTo=first.service\\nAfter=first.service" Service 'ExecStart=/bin/sleep infinity'
        unit idle.service "Requires=etcd.service" Service 'ExecStart=/bin/sleep infinity'
        unit tick.service "Description=tick" Service 'ExecStart=/bin/true'
        unit tick.timer "Requires=etcd.service" Timer 'OnCalendar=yearly'
        unit all.target "Requires=second.service\\nWants=idle.service\\nAfter=second.service" Unit ''
        sed -i 's/\\\\n/\\n/g' $u/first.service $u/second.service $u/all.target
        systemctl daemon-reload
        systemctl restart etcd
        systemctl start first.service second.service tick.timer
        systemctl start --job-mode=ignore-dependencies all.target
        """

    private func states(_ lost: LostCluster, _ member: Int) throws -> [String] {
        try lost.lab.exec(
            member,
            "systemctl is-active \(Self.up.joined(separator: " ")) idle.service || true"
        ).outputText.split(separator: "\n").map(String.init)
    }

    private func requireAsBefore(_ lost: LostCluster, _ moment: String) throws {
        for member in try lost.lab.members {
            #expect(
                try states(lost, member) == Self.up.map { _ in "active" } + ["inactive"],
                "etcd-\(member), \(moment)"
            )
        }
    }

    @Test(
        "are checked, restored, taken up again and put back, with all that systemd stops with etcd"
    )
    func dependents() throws {
        let lost = try cluster()
        try requireAsBefore(lost, "before")
        let check = try lost.rekindle("check", "-v")
        #expect(check.status == 0, "\(check.outputText)\(check.errorText)")
        for unit in Self.up { #expect(check.outputText.contains(unit), "\(check.outputText)") }
        #expect(!check.outputText.contains("idle.service"))
        #expect(check.outputText.contains("the etcd that runs"), "\(check.outputText)")
        try lost.die(
            ["restore", "--snapshot", lost.snapshot, "--yes", "-q"],
            at: .after("start-service", members: 3)
        )
        #expect(try states(lost, 1).first == "inactive")
        let resume = try lost.rekindle("resume", "-q")
        try #require(resume.status == 0, "\(resume.errorText)")
        try lost.requireRestored()
        try requireAsBefore(lost, "after the restore")
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
        try requireAsBefore(lost, "after the rollback")
        let rebuild = try lost.rekindle("member", "rebuild", "etcd-2", "--yes", "-q")
        try #require(rebuild.status == 0, "\(rebuild.errorText)")
        try requireAsBefore(lost, "after a member's change")
    }

    @Test("tell what does not come back, with the end of its journal")
    func missing() throws {
        let lost = try cluster()
        try lost.lab.exec(
            2,
            """
            cd /etc/systemd/system
            printf '[Service]\\nExecStart=\\nExecStart=/bin/sh -c "echo no etcd for me; exit 3"\\n' >/tmp/override
            mkdir first.service.d && mv /tmp/override first.service.d/broken.conf && systemctl daemon-reload
            """
        )
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes")
        #expect(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        let told = restore.outputText + restore.errorText
        #expect(told.contains("first.service did NOT come back: failed"), "\(told)")
        #expect(told.contains("no etcd for me"), "\(told)")
        #expect(try states(lost, 1) == Self.up.map { _ in "active" } + ["inactive"])
    }
}
