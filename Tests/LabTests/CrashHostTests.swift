import Glibc
import Testing

/// Hosts that reboot, colleagues who start things, operators who press Ctrl-C.
@Suite(
    "A run that is disturbed",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("disturb", etcd: "3.4")
)
struct CrashHostTests {
    @Test("lets no colleague and no reboot start etcd between the stop and the start")
    func holds() throws {
        let lost = try CrashCase.interrupt(.current, at: .after("set-aside-data", members: 3))
        let lab = lost.lab
        let start = try lab.exec(1, "systemctl start etcd 2>&1; echo $?").outputText
        #expect(!start.hasSuffix("\n0\n") && start != "0\n", "\(start)")
        try lab.script("power", ["cycle", "2"])
        let booted = try lab.exec(
            2,
            "timeout 60 systemctl is-system-running --wait; systemctl list-jobs; "
                + "journalctl -b -u etcd --no-pager"
        ).outputText
        #expect(booted.contains("No jobs running"))
        #expect(booted.contains("Assertion failed"), "\(booted)")
        for member in [1, 2, 3] {
            let state = try lab.exec(member, "systemctl is-active etcd || true").outputText
            #expect(["inactive\n", "failed\n"].contains(state), "etcd-\(member)")
            let processes = try lab.exec(member, "pgrep -x etcd || true").outputText
            #expect(processes.isEmpty, "etcd-\(member)")
        }
        try lost.finish(with: ["resume"])
        CrashCase.handOn(lost)
    }

    @Test("gets over a host that reboots while the snapshot is copied to it")
    func reboots() throws {
        let lost = try CrashCase.next(.current)
        try lost.lab.script("link", ["rate", "2", "400kbit"])
        let running = try lost.start([
            "restore", "--snapshot", lost.snapshot, "--yes", "--output", "json",
        ])
        let isCopying = lost.journal.wait(for: .before("upload-snapshot"), in: running)
        try lost.lab.script("power", ["cycle", "2"])
        try lost.lab.script("link", ["rate", "2", "off"])
        let result = try running.finish()
        #expect(isCopying)
        if result.status == 0 {
            try lost.requireRestored()
        } else {
            #expect(result.status == 1, "\(result.errorText)")
            try lost.finish(with: ["resume"])
        }
        CrashCase.handOn(lost)
    }

    @Test("ends at once at a signal, says how to go on, and goes on", arguments: [SIGINT, SIGTERM])
    func interrupts(_ signal: Int32) throws {
        let lost = try CrashCase.next(.current)
        try lost.lab.script("link", ["rate", "3", "400kbit"])
        let running = try lost.start(["restore", "--snapshot", lost.snapshot, "--yes"])
        let isCopying = lost.journal.wait(for: .before("upload-snapshot"), in: running)
        let began = ContinuousClock().now
        running.kill(signal)
        let result = try running.finish(within: 30)
        let seconds = ContinuousClock().now - began
        try lost.lab.script("link", ["rate", "3", "off"])
        #expect(isCopying)
        #expect(result.status == 4, "\(result.errorText)")
        // the copy would take ten seconds more
        #expect(seconds < .seconds(5))
        let said = result.outputText + result.errorText
        #expect(said.contains("rekindle resume \(lost.journal.run)"), "\(said)")
        try lost.finish(with: ["resume"])
        CrashCase.handOn(lost)
    }
}
