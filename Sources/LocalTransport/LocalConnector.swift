internal import Glibc
package import RemoteHost

/// "Connects" to this very machine: its commands are run here, as whoever runs this program.
package struct LocalConnector: HostConnector {
    let grace: Duration
    let environment: [String: String]

    /// - Parameters:
    ///   - grace: what is cancelled is asked to end, and killed after it.
    ///   - environment: all that its commands have of it; nil for what a login by SSH would give
    ///     them. To etcd and its tools each variable `ETCD_…` is a flag: one that was meant for
    ///     production must not reach a drill.
    package init(grace: Duration = .seconds(5), environment: [String: String]? = nil) {
        self.grace = grace
        self.environment = environment ?? Self.loginEnvironment
    }

    private static var loginEnvironment: [String: String] {
        let names = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "LANG", "LC_ALL", "TZ"]
        return names.reduce(into: [:]) { environment, name in
            environment[name] = getenv(name).map { String(cString: $0) }
        }
    }

    package func connect(to endpoint: HostEndpoint) async throws -> any HostConnection {
        LocalConnection(host: endpoint.host, grace: grace, environment: environment)
    }
}

/// Runs commands on this machine, one after the other.
package actor LocalConnection: HostConnection {
    private let host: String
    private let grace: Duration
    private let environment: [String: String]
    private var last: Task<Void, Never>?
    private var running: [Int: Interruption] = [:]
    private var turn = 0
    private var isClosed = false

    init(host: String, grace: Duration, environment: [String: String]) {
        self.host = host
        self.grace = grace
        self.environment = environment
    }

    package func run(
        _ command: RemoteCommand,
        input: CommandInput,
        output: CommandOutput,
        limits: CommandLimits
    ) async throws -> CommandResult {
        guard !isClosed else {
            throw HostFailure(.disconnected, host: host, "it was closed by this side")
        }
        turn += 1
        let mine = turn
        let interruption = Interruption()
        running[mine] = interruption
        defer { running[mine] = nil }
        let previous = last
        let task = Task { [environment] in
            await previous?.value
            return try await LocalCommand(
                host: host,
                line: command.shellLine(become: .none),
                environment: environment,
                endsWithInput: command.endsWithConnection,
                input: input,
                output: output,
                limits: limits,
                grace: grace,
                interruption: interruption
            ).run()
        }
        last = Task { _ = await task.result }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                interruption.interrupt()
            }
        } catch {
            // as with a connection that broke: the next command begins with a new one
            isClosed = true
            throw error
        }
    }

    package func close() async {
        isClosed = true
        for interruption in running.values { interruption.interrupt() }
        await last?.value
    }
}
