/// A unit that systemd makes for one program, and forgets once it is over.
package struct TransientUnit: ScratchManager {
    package let unit: String
    let user: String
    let group: String
    let directory: String
    let limits: ScratchLimits

    package init(
        unit: String,
        user: String,
        group: String,
        directory: String,
        limits: ScratchLimits
    ) {
        self.unit = unit
        self.user = user
        self.group = group
        self.directory = directory
        self.limits = limits
    }

    package func start(_ words: [String]) -> [RemoteCommand] {
        // one that failed keeps its name until it is forgotten
        [
            .script("systemctl reset-failed -- \"$1\" 2>/dev/null || true", [unit]),
            RemoteCommand(
                [
                    "systemd-run", "--quiet", "--no-ask-password", "--collect", "--unit=\(unit)",
                    "--uid=\(user)", "--gid=\(group)",
                    "--working-directory=\(directory)",
                ] + properties.map { "--property=\($0)" } + ["--"] + Self.cleanly + words
            ),
        ]
    }

    /// The manager's own environment would be the program's: to etcd each `ETCD_…` is a flag.
    private static let cleanly = [
        "/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]

    /// What it may take of the host: what nobody else wants, and not for ever.
    private var properties: [String] {
        [
            "Description=etcd of a Rekindle drill", "Type=exec", "Restart=no",
            "RuntimeMaxSec=\(limits.seconds)", "MemoryMax=\(limits.memoryBytes)",
            "MemorySwapMax=0", "CPUQuota=\(limits.cpuPercent)%", "CPUWeight=1", "Nice=19",
            "IOWeight=1", "IOSchedulingClass=idle", "OOMScoreAdjust=1000", "TasksMax=256",
            "LimitNOFILE=4096", "LimitCORE=0", "NoNewPrivileges=yes", "UMask=0077",
            // its data is thrown away: no need to hand leadership over, which takes seven seconds
            // where all stop at once
            "KillSignal=SIGKILL", "TimeoutStopSec=10",
        ]
    }

    package func stop() -> [RemoteCommand] {
        [
            .script(
                "systemctl stop -- \"$1\" 2>/dev/null; systemctl reset-failed -- \"$1\" 2>/dev/null; "
                    + "! systemctl is-active --quiet -- \"$1\"",
                [unit]
            )
        ]
    }

    package var observation: String {
        """
        systemctl show -p LoadState -p ActiveState -p SubState -- \(ShellQuoting.quoted(unit)) \
        | sed 's/^/service./'
        """
    }

    /// A unit that systemd does not know is one that is over.
    package func state(from lines: [String: String]) -> ServiceState {
        let active = lines["service.ActiveState"] ?? ""
        let sub = lines["service.SubState"] ?? ""
        guard lines["service.LoadState"] != nil else {
            return ServiceState(activity: .unknown, detail: "no answer")
        }
        let isOver = ["inactive", "failed"].contains(active)
        return ServiceState(activity: isOver ? .stopped : .active, detail: "\(active) (\(sub))")
    }
}

/// What a program that is run for a while may take.
package struct ScratchLimits: Sendable, Hashable, Codable {
    /// It is ended after so long, should nobody be left to end it.
    package var seconds: Int
    package var memoryBytes: UInt64
    /// Of one processor.
    package var cpuPercent: Int

    package init(seconds: Int, memoryBytes: UInt64, cpuPercent: Int) {
        self.seconds = seconds
        self.memoryBytes = memoryBytes
        self.cpuPercent = cpuPercent
    }
}
