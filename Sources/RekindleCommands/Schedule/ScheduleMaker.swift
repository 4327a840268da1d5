import ClusterInventory
import Glibc

/// From the command line to a schedule, with everything that cannot be meant refused.
struct ScheduleMaker {
    let context: CommandContext
    let options: ScheduleOptions
    let arguments: JobArguments
    /// nil where the drill reads several, or none.
    let inventory: Inventory?
    let job: Job
    let metricsDir: String?

    enum Job {
        /// Of this snapshot.
        case drill(snapshot: String)
        /// To this destination.
        case snapshot(to: String)

        var scheduled: ScheduledJob {
            switch self {
            case .drill: .drill
            case .snapshot: .snapshot
            }
        }
    }

    /// - Throws: `UsageProblem`; `CancellationError`.
    func units() async throws -> JobUnits {
        guard options.image == nil else {
            throw UsageProblem("--image is for --format cronjob and velero", hint: "leave it out")
        }
        let every = JobCalendar(options.every)
        try await CalendarCheck.requireSystemd(every, context.world)
        let stateDir = try arguments.options.stateDir.map { path throws(UsageProblem) in
            try arguments.visible(path, "--state-dir")
        }
        let metrics = try metricsDir.map { path throws(UsageProblem) in
            try arguments.visible(path, "--metrics-dir")
        }
        var words = try jobWords(inContainer: false)
        if inventory != nil {
            words += ["--inventory", try arguments.visible(arguments.inventoryPath, "--inventory")]
        }
        words += ["--state-dir", stateDir ?? "/var/lib/rekindle"]
        if let metrics { words += ["--metrics-dir", metrics] }
        warnOfSecret()
        return JobUnits(
            schedule: try schedule(every, words),
            program: try program(),
            user: try user(),
            stateDir: stateDir,
            metricsDir: metrics,
            destination: words[1] == "save" && words[3].hasPrefix("/") ? words[3] : nil,
            randomizedDelay: try seconds(
                options.randomizedDelay,
                "--randomized-delay",
                zero: true
            )
        )
    }

    /// - Throws: `UsageProblem`.
    func cronJob() throws -> CronJob {
        let (schedule, image) = try inContainer("a CronJob")
        return CronJob(schedule: schedule, image: image)
    }

    /// - Throws: `UsageProblem`.
    func veleroSchedule() throws -> VeleroSchedule {
        guard case .snapshot(let place) = job else {
            throw UsageProblem(
                "Velero keeps backups, and a drill makes none",
                hint: "--format cronjob rehearses inside of Kubernetes"
            )
        }
        let (schedule, image) = try inContainer("Velero's pod")
        guard place.hasPrefix(VeleroSchedule.volume + "/"), !place.contains("/../") else {
            throw UsageProblem(
                "--to \(place) is not on the volume that Velero copies",
                hint: "--to \(VeleroSchedule.volume)/snapshots is; --format cronjob saves to any "
                    + "other place, without Velero"
            )
        }
        return VeleroSchedule(
            schedule: schedule,
            image: image,
            namespace: try namespace(options.namespace ?? "rekindle", "--namespace"),
            veleroNamespace: try namespace(
                options.veleroNamespace ?? "velero",
                "--velero-namespace"
            )
        )
    }

    private func namespace(_ name: String, _ option: String) throws(UsageProblem) -> String {
        let isPlain = name.allSatisfy {
            $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-")
        }
        guard isPlain, !name.isEmpty, name.count <= 63, name.first != "-", name.last != "-" else {
            throw UsageProblem(
                "\(option) \(name) is no namespace of Kubernetes",
                hint: "at most 63 small letters, digits and \"-\" (RFC 1123)"
            )
        }
        return name
    }

    /// What Kubernetes is to run, and in which image.
    private func inContainer(_ whose: String) throws -> (JobSchedule, image: String) {
        guard let image = options.image, !image.isEmpty,
            image.unicodeScalars.allSatisfy({ $0.isASCII && (0x21...0x7E).contains($0.value) })
        else {
            throw UsageProblem(
                "\(whose) needs an image",
                hint: "give one with rekindle, sh and what opens your snapshots: "
                    + "--image REGISTRY/NAME:TAG"
            )
        }
        guard !options.install else {
            throw UsageProblem(
                "--install is for systemd",
                hint:
                    "print it: `rekindle schedule \(job.scheduled.rawValue) --format "
                    + "\(options.format.rawValue) … | kubectl apply -f -`"
            )
        }
        guard metricsDir == nil else {
            throw UsageProblem(
                "--metrics-dir is of no use in a container",
                hint: "alert on the job's failure, and have the figures sent with notify: in the "
                    + "inventory"
            )
        }
        let every = JobCalendar(options.every)
        try CalendarCheck.requireCron(every)
        var words = try jobWords(inContainer: true)
        if inventory != nil { words += ["--inventory", CronJob.inventoryPath] }
        words += ["--state-dir", arguments.options.stateDir ?? CronJob.stateDir]
        return (try schedule(every, words), image)
    }

    private func jobWords(inContainer: Bool) throws -> [String] {
        switch job {
        case .drill(let snapshot):
            [
                "drill", "--snapshot",
                try arguments.snapshot(snapshot, inventory, inContainer: inContainer),
            ]
        case .snapshot(let place):
            [
                "snapshot", "save", "--to",
                try arguments.destination(place, inventory, inContainer: inContainer),
            ]
        }
    }

    /// Refuses what only Velero would take.
    func requireNoNamespace() throws(UsageProblem) {
        guard options.namespace == nil, options.veleroNamespace == nil else {
            throw UsageProblem(
                "--namespace and --velero-namespace are for --format velero",
                hint: "leave them out; `kubectl -n NAMESPACE apply` puts a CronJob there"
            )
        }
    }

    private func schedule(
        _ every: JobCalendar,
        _ words: [String]
    ) throws(UsageProblem) -> JobSchedule {
        let cluster = inventory?.clusterName
        return JobSchedule(
            job: job.scheduled,
            name: try name(cluster),
            cluster: cluster,
            every: every,
            words: words + arguments.extra,
            limit: try seconds(options.timeout, "--timeout")
        )
    }

    /// systemd.unit(5) allows a little more; nobody needs it.
    private func name(_ cluster: String?) throws(UsageProblem) -> String {
        let name =
            options.name
            ?? (["rekindle", job.scheduled.rawValue] + [cluster].compactMap { $0 })
            .joined(separator: "-")
        let isPlain = name.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))
        }
        guard isPlain, name.first.map({ $0.isLetter || $0.isNumber }) == true, name.count <= 100
        else {
            throw UsageProblem(
                "--name \(name) cannot be the name of a unit",
                hint:
                    "use at most 100 letters, digits, \".\", \"_\" and \"-\", a letter or digit first"
            )
        }
        return name
    }

    /// As useradd(8) allows them.
    private func user() throws(UsageProblem) -> String {
        let user = options.user
        let isPlain = user.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))
        }
        guard isPlain, user.first.map({ $0.isLetter || $0 == "_" }) == true, user.count <= 31 else {
            throw UsageProblem("--user \(user) is no user's name", hint: "as --user rekindle")
        }
        return user
    }

    private func seconds(
        _ text: String,
        _ option: String,
        zero: Bool = false
    ) throws(UsageProblem) -> Int64 {
        if zero, text == "0" || text == "0s" { return 0 }
        guard let time = DurationText.parse(text) else {
            throw UsageProblem(
                "\(option) \(text) is not a time",
                hint: "write it as 45s, 15m, 6h or 1h30m"
            )
        }
        return time.components.seconds
    }

    private func program() throws(UsageProblem) -> String {
        let path = options.program.map(context.preparation.absolute) ?? Self.own
        // systemd replaces no variables there, and so undoes no escape
        guard SystemdText.canHold(path), !path.contains("$"), access(path, X_OK) == 0 else {
            throw UsageProblem(
                "\(path) is no program that a unit can run",
                hint: "give the path of rekindle with --program"
            )
        }
        return try arguments.visible(path, "--program")
    }

    /// Of the program that runs; it ends in " (deleted)" where it was replaced meanwhile.
    private static var own: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return String(
            decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    /// The variable of the person who installs it is not the unit's.
    private func warnOfSecret() {
        guard job.scheduled == .drill, case .environment(let variable) = inventory?.notify?.secret
        else { return }
        context.terminal.note(
            "note: notify takes its secret from $\(variable): set it in "
                + "\(job.scheduled.environmentFile), "
                + "which the unit reads, or use secret-file"
        )
    }
}
