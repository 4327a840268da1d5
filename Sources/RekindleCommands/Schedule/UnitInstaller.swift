import Glibc
import RunJournal
import SnapshotSource

/// Puts units in their place and starts the timer.
struct UnitInstaller {
    let world: World
    let terminal: Terminal
    let units: JobUnits

    static let folder = "/etc/systemd/system"

    /// - Throws: `CommandEnd` once it is said why; `CancellationError`.
    func install() async throws {
        let systemctl = try requirements()
        for file in units.files { try requireOurs(file) }
        for file in units.files { try write(file) }
        try await run(systemctl, "daemon-reload")
        try await run(systemctl, "enable", "--now", units.timer)
        terminal.note(
            "installed \(units.service) and \(units.timer) in \(Self.folder); "
                + "`systemctl list-timers \(units.timer)` tells when it is due, "
                + "`systemctl start \(units.service)` \(units.schedule.job.startWords)"
        )
    }

    /// Everything that can be known beforehand; nothing is changed.
    /// - Returns: the path of systemctl.
    private func requirements() throws -> String {
        guard geteuid() == 0 else {
            throw refused(
                "--install writes to \(Self.folder), which only root may",
                hint: "run it with sudo, or write the files elsewhere with --out DIR"
            )
        }
        guard access("/run/systemd/system", F_OK) == 0 else {
            throw refused(
                "this machine does not run systemd",
                hint: "use --out DIR, or --format cronjob for Kubernetes"
            )
        }
        guard getpwnam(units.user) != nil else {
            throw refused(
                "there is no user \(units.user) on this machine",
                hint: "make one: `useradd --system --home-dir /var/lib/rekindle --shell "
                    + "/usr/sbin/nologin \(units.user)`, or name another with --user"
            )
        }
        do throws(SourceFailure) {
            return try ProgramPath(world.environment["PATH"])
                .require("systemctl", package: "systemd", for: "--install")
        } catch {
            throw refused(error.fact, hint: error.hint)
        }
    }

    /// A unit that somebody wrote by hand is not overwritten.
    private func requireOurs(_ file: ScheduleFile) throws {
        let path = "\(Self.folder)/\(file.name)"
        let bytes: [UInt8]
        do throws(UnreadableFile) {
            bytes = try FileBytes.read(path)
        } catch {
            guard error.code != ENOENT else { return }
            throw refused("cannot look at \(error)", hint: "look at what is there")
        }
        guard String(decoding: bytes, as: UTF8.self).hasPrefix(units.schedule.job.mark) else {
            throw refused(
                "\(path) is there, and is not of `rekindle schedule \(units.schedule.job.rawValue)`",
                hint: "move it away, or give the units another name with --name"
            )
        }
    }

    private func write(_ file: ScheduleFile) throws {
        do throws(SystemFailure) {
            try AtomicFile.write(
                Array(file.text.utf8),
                to: "\(Self.folder)/\(file.name)",
                readableByAll: true
            )
        } catch {
            terminal.problem(error.description, hint: "write the files elsewhere with --out DIR")
            throw CommandEnd(status: .failed)
        }
    }

    private func run(_ systemctl: String, _ arguments: String...) async throws {
        let line = "systemctl \(arguments.joined(separator: " "))"
        do {
            _ = try await AskedProgram.run(
                systemctl,
                arguments,
                input: [],
                environment: world.environment,
                patience: Patience(.seconds(60))
            ) { said in
                SourceFailure(
                    "`\(line)` failed",
                    evidence: said,
                    hint: "the units are in \(Self.folder); try it by hand"
                )
            }
        } catch let error as SourceFailure {
            terminal.problem(error.fact, evidence: error.evidence, hint: error.hint)
            throw CommandEnd(status: .failed)
        }
    }

    private func refused(_ fact: String, hint: String) -> CommandEnd {
        terminal.problem(fact, hint: hint)
        return CommandEnd(status: .refused)
    }
}
