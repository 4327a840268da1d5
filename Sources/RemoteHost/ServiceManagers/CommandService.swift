/// A service that the operator's own commands start, stop and ask for.
///
/// What keeps it from being started by somebody else is theirs as well, where they give it: the hold is a
/// file that remembers the run, and their `hold` and `release` around it.
package struct CommandService: ServiceManager {
    package let name: String
    private let startCommand: [String]
    private let stopCommand: [String]
    /// Exits with 0 while the service runs, with 1 to 3 while it does not: the LSB's init scripts' ways.
    private let statusCommand: [String]
    private let holdCommand: [String]
    private let releaseCommand: [String]
    /// Where the hold is, until it is lifted; on a file system that survives a reboot.
    private let directory: String

    package init(
        name: String,
        start: [String],
        stop: [String],
        status: [String],
        hold: [String] = [],
        release: [String] = [],
        directory: String = "/etc/rekindle"
    ) {
        self.name = name
        self.directory = directory
        startCommand = start
        stopCommand = stop
        statusCommand = status
        holdCommand = hold
        releaseCommand = release
    }

    package var holdPath: String { "\(directory)/\(name).hold" }

    package func hold(run: String) -> [RemoteCommand] {
        [
            RemoteCommand(["mkdir", "-p", "-m", "0755", "--", directory]),
            .script(
                "printf '%s\\n' \"$2\" >\"$1.tmp\" || exit\n" + DurableFile.install,
                [holdPath, "\(Self.marker)\(run)"]
            ),
        ] + given(holdCommand)
    }

    /// Theirs may come back before the service is gone: it is waited for.
    package func stop() -> [RemoteCommand] {
        given(stopCommand) + [
            .script(
                """
                n=0
                while "$@" >/dev/null 2>&1; do
                  n=$((n + 1)); [ $n -lt 120 ] || { echo "it runs still, 60 s after its stop" >&2; exit 1; }
                  sleep 0.5
                done
                """,
                statusCommand
            )
        ]
    }

    package func releaseAndStart() -> [RemoteCommand] { release() + given(startCommand) }

    package func release() -> [RemoteCommand] {
        given(releaseCommand) + [RemoteCommand(["rm", "-f", "--", holdPath])]
    }

    package func tidy() -> [RemoteCommand] {
        [
            .script(
                "[ ! -d \"$1\" ] || sync -- \"$1\"; rmdir -- \"$1\" 2>/dev/null || :",
                [directory]
            )
        ]
    }

    /// A process that the operator's command leaves running must not inherit descriptor 9, the host's lock.
    private func given(_ words: [String]) -> [RemoteCommand] {
        words.isEmpty ? [] : [.script("exec \"$@\" 9>&-", words)]
    }

    package var isStoppedTest: String {
        "! \(statusCommand.map(ShellQuoting.quoted).joined(separator: " ")) >/dev/null 2>&1"
    }

    package var observation: String {
        let status = statusCommand.map(ShellQuoting.quoted).joined(separator: " ")
        return """
            \(status) >/dev/null 2>&1 </dev/null; printf 'service.status=%s\\n' "$?"
            sed -n 's/^\(Self.marker)/service.hold=/p' \(ShellQuoting.quoted(holdPath)) 2>/dev/null
            """
    }

    package func state(from lines: [String: String]) -> ServiceState {
        let status = lines["service.status"].flatMap(Int.init)
        let activity: ServiceState.Activity =
            switch status {
            case 0: .active
            case 1, 2, 3: .stopped
            default: .unknown
            }
        let told = status.map { "its status command exits with \($0)" } ?? "no answer"
        return ServiceState(
            activity: activity,
            detail: activity == .active ? "active" : activity == .stopped ? "stopped" : told,
            heldBy: lines["service.hold"]
        )
    }

    private static let marker = "held by rekindle run "
}
