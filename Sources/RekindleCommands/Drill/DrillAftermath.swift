import ArgumentParser
import ClusterInventory
import Glibc
import RestoreRun
import RunJournal
import RunReport

/// What a drill leaves behind for those who did not watch it.
struct AftermathOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the drill's figures there, as rekindle-CLUSTER.prom, for the textfile collector of "
                + "Prometheus' node_exporter.",
            valueName: "dir"
        )
    )
    var metricsDir: String?
}

/// Writes a drill's metrics and tells the webhook.
///
/// Neither changes how the drill ended: what goes wrong here is said on stderr.
struct DrillAftermath: Sendable {
    let world: World
    let terminal: Terminal
    let metricsDir: String?
    let notify: NotifySettings?

    init(_ context: CommandContext, _ options: AftermathOptions, notify: NotifySettings?) {
        world = context.world
        terminal = context.terminal
        metricsDir = options.metricsDir.map(context.preparation.absolute)
        self.notify = notify
    }

    /// Tells of a drill that has ended; also where the task was cancelled, then with one try only.
    func tell(_ figures: DrillFigures) async {
        writeMetrics(figures)
        guard let notify, notify.when == .always || figures.outcome != .passed else { return }
        var settings = notify
        // whoever pressed Ctrl-C waits at the terminal
        if Task.isCancelled || figures.outcome == .interrupted { settings.retries = 0 }
        let webhook = Webhook(settings, environment: world.environment)
        do {
            let body = try DrillNotice.json(figures, version: RekindleVersion.text)
            // unstructured: a cancelled drill is told of as well
            try await Task { try await webhook.send(body) }.value
            terminal.note("told \(notify.shownURL) of the drill")
        } catch let error as NoticeFailure {
            terminal.problem(error.fact, evidence: error.evidence, hint: error.hint)
        } catch {
            terminal.problem("the notice to \(notify.shownURL) was not sent: \(error)")
        }
    }

    private func writeMetrics(_ figures: DrillFigures) {
        guard let metricsDir else { return }
        let path = "\(metricsDir)/\(DrillMetrics.fileName(cluster: figures.cluster))"
        do throws(SystemFailure) {
            let text = DrillMetrics.render(figures, earlier: earlier(path))
            try AtomicFile.write(Array(text.utf8), to: path, readableByAll: true)
        } catch {
            terminal.problem(
                "the metrics of the drill are not written: \(error)",
                hint: "--metrics-dir must be a directory that \(world.user) can write to"
            )
        }
    }

    /// The file that is there; losing it costs the time of the last success, which is said.
    private func earlier(_ path: String) -> String {
        do throws(UnreadableFile) {
            return String(decoding: try FileBytes.read(path), as: UTF8.self)
        } catch {
            if error.code != ENOENT {
                terminal.problem(
                    "the earlier metrics are lost: \(error)",
                    hint: "the time of the last success is known again after the next one"
                )
            }
            return ""
        }
    }
}
