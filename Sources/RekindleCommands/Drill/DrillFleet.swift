import ClusterInventory
import EtcdModel
import FoundationEssentials
import LocalTransport
import RemoteHost
import RunReport

/// Drills the clusters of a directory of inventories, each by a process of its own.
///
/// One that fails, crashes or hangs is that one's affair.
struct DrillFleet: Sendable {
    let context: CommandContext
    /// How many at a time.
    let jobs: Int
    /// What every drill is told, without its inventory and its snapshot.
    let options: [String]
    /// With `{cluster}` where the cluster's name goes.
    let snapshot: String

    /// After so long one is ended; far longer than a drill takes.
    private static let limit = Duration.seconds(6 * 3600)
    /// What a drill has to remove what it made, once it is told to end.
    private static let grace = Duration.seconds(180)

    func run(_ directory: String) async throws -> ExitStatus {
        let files = try inventories(in: directory)
        let signals = SignalTask()
        let results = await signals.run { await drills(files) }
        let sorted = results.sorted { $0.inventory < $1.inventory }
        switch context.terminal.format {
        case .text:
            context.terminal.show(page: FleetReport.text(sorted, style: context.terminal.style))
        case .json: context.terminal.show(try FleetReport.json(sorted))
        }
        let statuses = sorted.map(\.status)
        if statuses.allSatisfy({ $0 == ExitStatus.done.rawValue }) { return .done }
        let isMissedOnly = statuses.allSatisfy {
            $0 == ExitStatus.done.rawValue || $0 == ExitStatus.missedObjective.rawValue
        }
        return isMissedOnly ? .missedObjective : .failed
    }

    private func inventories(in directory: String) throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw UsageProblem(
                "cannot read the directory \(directory)",
                hint: "name one with an inventory of each cluster, as prod.yaml"
            )
        }
        let files = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        guard !files.isEmpty else {
            throw UsageProblem(
                "there is no inventory in \(directory)",
                hint: "their names end in .yaml or .yml"
            )
        }
        return files.map { "\(directory)/\($0)" }
    }

    private func drills(_ files: [String]) async -> [FleetDrill] {
        await withTaskGroup(of: FleetDrill.self) { group in
            var waiting = files[...]
            var done: [FleetDrill] = []
            for _ in 0..<min(jobs, files.count) {
                if let file = waiting.popFirst() { group.addTask { await drill(file) } }
            }
            for await result in group {
                done.append(result)
                context.terminal.note("\(result.cluster ?? result.inventory): \(result.words)")
                if !Task.isCancelled, let file = waiting.popFirst() {
                    group.addTask { await drill(file) }
                }
            }
            return done
        }
    }

    @concurrent
    private func drill(_ file: String) async -> FleetDrill {
        var result = FleetDrill(inventory: file)
        do {
            // the drill itself says what is wrong with its password
            result.cluster = try context.preparation.inventory(file, readsSecrets: false)
                .clusterName
        } catch {
            result.status = ExitStatus.invalidInput.rawValue
            result.words = "its inventory is invalid"
            return result
        }
        let place = snapshot.replacing("{cluster}", with: result.cluster ?? "")
        context.terminal.note("\(result.cluster ?? file): drill of \(place) begins")
        // this very program, also where its file was replaced meanwhile
        let program = "/proc/\(context.world.process)/exe"
        let command = RemoteCommand(
            [program, "drill", "--inventory", file, "--snapshot", place]
                + ["--output", "json", "--quiet"] + options,
            endsWithConnection: false
        )
        do {
            let connection = try await LocalConnector(
                grace: Self.grace,
                environment: context.world.environment
            )
            .connect(to: HostEndpoint(host: "this machine", user: "", become: .none))
            let answer = try await connection.run(
                command,
                limits: CommandLimits(deadline: Self.limit)
            )
            await connection.close()
            result.take(answer)
        } catch {
            result.status = ExitStatus.interrupted.rawValue
            result.words = "\(error)"
        }
        return result
    }
}
