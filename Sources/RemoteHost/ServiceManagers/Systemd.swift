/// systemd: the hold is a drop-in with an assertion that its own file does not exist.
///
/// `systemctl mask --runtime` would not do: it is gone after a reboot, and has no effect on a unit
/// file in /etc/systemd/system, which outranks /run. An assertion makes a colleague's
/// `systemctl start` fail loudly, and needs no reload to be lifted.
package struct Systemd: ServiceManager {
    package let unit: String

    package init(unit: String) {
        self.unit = unit
    }

    var dropInDirectory: String { "/etc/systemd/system/\(unit).d" }
    package var holdPath: String { "\(dropInDirectory)/\(Self.holdName)" }

    package func hold(run: String) -> [RemoteCommand] {
        [
            RemoteCommand(["mkdir", "-p", "-m", "0755", "--", dropInDirectory]),
            .script(
                "printf '%s\\n' \"$2\" '[Unit]' \"AssertPathExists=!$3\" >\"$1.tmp\" && "
                    + "chmod 0644 \"$1.tmp\" || exit\n" + DurableFile.install,
                [holdPath, "\(Self.marker)\(run)", holdPath.rewriting { $0 == "%" ? "%%" : nil }]
            ),
            RemoteCommand(["systemctl", "daemon-reload"]),
        ]
    }

    package func stop() -> [RemoteCommand] {
        [RemoteCommand(["systemctl", "stop", "--", unit])]
    }

    package func releaseAndStart() -> [RemoteCommand] {
        [
            RemoteCommand(["rm", "-f", "--", holdPath]),
            // too many failed starts before the restore must not forbid this one
            .script("systemctl reset-failed -- \"$1\" 2>/dev/null || true", [unit]),
            // Type=notify reports readiness only in a quorum: waiting here would wait for the others
            RemoteCommand(["systemctl", "start", "--no-block", "--", unit]),
        ]
    }

    package func release() -> [RemoteCommand] {
        [RemoteCommand(["rm", "-f", "--", holdPath])]
    }

    package func tidy() -> [RemoteCommand] {
        [
            // a hold that a power cut brought back would keep etcd down after its run
            .script(
                "[ ! -d \"$1\" ] || sync -- \"$1\"; rmdir -- \"$1\" 2>/dev/null; sync -- \"$2\"",
                [dropInDirectory, "/etc/systemd/system"]
            ),
            RemoteCommand(["systemctl", "daemon-reload"]),
        ]
    }

    package var isStoppedTest: String {
        "systemctl is-active -- \(ShellQuoting.quoted(unit)) | grep -qxE 'inactive|failed'"
    }

    package var observation: String {
        """
        systemctl show -p LoadState -p ActiveState -p SubState -p DropInPaths -- \(ShellQuoting.quoted(unit)) \
        | sed 's/^/service./'
        sed -n 's/^\(Self.marker)/service.hold=/p' \(ShellQuoting.quoted(holdPath)) 2>/dev/null
        """
    }

    package func state(from lines: [String: String]) -> ServiceState {
        let active = lines["service.ActiveState"] ?? ""
        let sub = lines["service.SubState"] ?? ""
        let activity: ServiceState.Activity =
            switch active {
            case "inactive", "failed": .stopped
            case "active", "activating", "deactivating", "reloading", "refreshing",
                "maintenance":
                .active
            default: .unknown
            }
        let isKnown = lines["service.LoadState"] == "loaded"
        return ServiceState(
            activity: isKnown ? activity : .unknown,
            detail: isKnown ? "\(active) (\(sub))" : lines["service.LoadState"] ?? "no answer",
            heldBy: lines["service.hold"],
            // by its name alone: systemctl quotes a path with a backslash in it
            isHoldLoaded: lines["service.DropInPaths"]?.contains("/\(Self.holdName)") == true
        )
    }

    private static let holdName = "rekindle-hold.conf"
    private static let marker = "# held by rekindle run "
}
