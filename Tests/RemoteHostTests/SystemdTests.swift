import RemoteHost
import Testing

@Suite("systemd")
struct SystemdTests {
    static let manager = Systemd(unit: "etcd@a.service")
    static let hold = "/etc/systemd/system/etcd@a.service.d/rekindle-hold.conf"

    @Test(
        "an activity is what may use the data, now or soon",
        arguments: [
            ("active", ServiceState.Activity.active), ("activating", .active),
            ("deactivating", .active), ("reloading", .active), ("refreshing", .active),
            ("maintenance", .active), ("inactive", .stopped), ("failed", .stopped),
            ("", .unknown), ("something new", .unknown),
        ]
    )
    func activities(word: String, wanted: ServiceState.Activity) {
        let state = Self.manager.state(from: [
            "service.LoadState": "loaded", "service.ActiveState": word,
            "service.SubState": "sub",
        ])
        #expect(state.activity == wanted)
        #expect(state.detail == "\(word) (sub)")
    }

    @Test("a unit that is not loaded is not known", arguments: ["masked", "not-found", "error"])
    func notLoaded(word: String) {
        let state = Self.manager.state(from: [
            "service.LoadState": word, "service.ActiveState": "inactive",
        ])
        #expect(state.activity == .unknown)
        #expect(state.detail == word)
        #expect(Self.manager.state(from: [:]).detail == "no answer")
    }

    @Test("a hold counts once systemd has read it")
    func holds() {
        func state(_ paths: String?) -> ServiceState {
            var lines = ["service.LoadState": "loaded", "service.hold": "R"]
            lines["service.DropInPaths"] = paths
            return Self.manager.state(from: lines)
        }
        #expect(state("/run/a.conf \(Self.hold)").isHeld(by: "R"))
        #expect(!state("/run/a.conf \(Self.hold)").isHeld(by: "S"))
        #expect(!state("/run/a.conf").isHeld(by: "R"))
        #expect(!state(nil).isHeld(by: "R"))
        #expect(state(nil).heldBy == "R")
    }

    @Test("the hold is an assertion that its own file is not there, and names the run")
    func holdCommands() {
        let commands = Self.manager.hold(run: "R").map(\.description)
        #expect(commands.count == 3)
        #expect(commands[1].contains("'# held by rekindle run R' \(Self.hold)"))
        #expect(commands[1].contains("AssertPathExists=!"))
        // before systemd reads it, and before anything relies on it
        #expect(commands[1].contains("sync -- \"$1.tmp\" && mv -T -- \"$1.tmp\" \"$1\""))
        #expect(commands[2] == "systemctl daemon-reload")
        let percent = Systemd(unit: "a%b.service").hold(run: "R")[1].description
        #expect(percent.contains("/a%%b.service.d/"))
    }

    @Test("a start lifts the hold first, forgives earlier failures, and does not wait")
    func start() {
        #expect(
            Self.manager.releaseAndStart().map(\.description) == [
                "rm -f -- \(Self.hold)",
                "sh -c 'systemctl reset-failed -- \"$1\" 2>/dev/null || true' rekindle "
                    + "etcd@a.service",
                "systemctl start --no-block -- etcd@a.service",
            ]
        )
        #expect(Self.manager.release().map(\.description) == ["rm -f -- \(Self.hold)"])
        #expect(Self.manager.stop().map(\.description) == ["systemctl stop -- etcd@a.service"])
    }
}
