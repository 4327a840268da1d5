/// A schedule as a systemd service and its timer.
struct JobUnits: Sendable, Hashable {
    var schedule: JobSchedule
    /// Absolute.
    var program: String
    var user: String
    /// nil: systemd makes and owns `/var/lib/rekindle`.
    var stateDir: String?
    var metricsDir: String?
    /// A directory of this machine that snapshots are kept in.
    var destination: String?
    /// Seconds by which runs are moved at random, so that not all of a house begin at once.
    var randomizedDelay: Int64

    var timer: String { "\(schedule.name).timer" }
    var service: String { "\(schedule.name).service" }

    var files: [ScheduleFile] {
        [
            ScheduleFile(name: service, text: serviceText),
            ScheduleFile(name: timer, text: timerText),
        ]
    }

    private var serviceText: String {
        let words = schedule.words.map(SystemdText.argument)
        let command = ([SystemdText.path(program)] + words).joined(separator: " ")
        return """
            \(schedule.job.mark)
            [Unit]
            Description=\(SystemdText.plain(schedule.title))
            Wants=network-online.target
            After=network-online.target

            [Service]
            # \(schedule.job.failureWords)
            Type=oneshot
            ExecStart=\(command)
            User=\(user)
            # Credentials for a bucket, the secret of notify; only where the file is there.
            EnvironmentFile=-\(schedule.job.environmentFile)
            TimeoutStartSec=\(schedule.limit)
            # Only Rekindle itself is asked to stop: it tidies up, and ends what it started.
            KillMode=mixed
            TimeoutStopSec=300
            UMask=0077
            \(places)
            \(Self.hardening)

            """
    }

    private var places: String {
        let writable = ([stateDir, metricsDir, destination] as [String?]).compactMap { $0 }
            // one that is missing must not keep it from running
            .map { "ReadWritePaths=\(SystemdText.path("-\($0)"))" }
        return (["StateDirectory=rekindle", "StateDirectoryMode=0700"] + writable)
            .joined(separator: "\n")
    }

    /// It reads keys, inventory and snapshot, talks to the network, and writes nothing but its state.
    private static let hardening = """
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        ProtectSystem=strict
        ProtectHome=read-only
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        RemoveIPC=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallErrorNumber=EPERM
        """

    private var timerText: String {
        """
        \(schedule.job.mark)
        [Unit]
        Description=When to: \(SystemdText.plain(schedule.title))

        [Timer]
        OnCalendar=\(SystemdText.plain(schedule.every.onCalendar))
        # One that was due while this machine was off is run when it is back.
        Persistent=true
        AccuracySec=1s
        RandomizedDelaySec=\(randomizedDelay)

        [Install]
        WantedBy=timers.target

        """
    }
}
