import RunJournal
import RunReport

/// Gives a schedule's files to whoever is to have them: the screen, a directory, systemd.
struct ScheduleHandover {
    let context: CommandContext
    let options: ScheduleOptions

    /// - Throws: `UsageProblem`, `CommandEnd` once it is said why; `CancellationError`.
    func handOver(_ maker: ScheduleMaker) async throws {
        guard !options.install || options.out == nil else {
            throw UsageProblem("--install and --out exclude each other", hint: "give one of them")
        }
        if options.format != .velero { try maker.requireNoNamespace() }
        switch options.format {
        case .velero: try show([try maker.veleroSchedule().file])
        case .cronjob: try show([try maker.cronJob().file])
        case .systemd:
            let units = try await maker.units()
            guard options.install else { return try show(units.files) }
            try await UnitInstaller(
                world: context.world,
                terminal: context.terminal,
                units: units
            ).install()
        }
    }

    /// Writes the files, or prints them.
    private func show(_ files: [ScheduleFile]) throws {
        if let out = options.out {
            for file in files {
                let path = context.preparation.absolute(out) + "/" + file.name
                do throws(SystemFailure) {
                    try AtomicFile.write(Array(file.text.utf8), to: path, readableByAll: true)
                } catch {
                    context.terminal.problem(
                        error.description,
                        hint: "--out must be a directory that is there, and yours to write to"
                    )
                    throw CommandEnd(status: .failed)
                }
                context.terminal.note("wrote \(path)")
            }
        } else if context.terminal.format == .json {
            context.terminal.show(try JSONText.encode(["files": files]))
        } else if files.count == 1 {
            context.terminal.show(files[0].text)
        } else {
            context.terminal.show(
                files.map { "# \(UnitInstaller.folder)/\($0.name)\n\($0.text)" }
                    .joined(separator: "\n")
            )
        }
    }
}
