import RemoteHost
import TestSupport

/// The commands of the contract: real ones, and what a scripted host answers to them.
enum ContractCommand: CaseIterable {
    case hello
    case failing
    case killed
    case arguments
    case echo
    case endless

    static let oddArguments = ["a b", "it's", "$HOME", "\"x\"", "*", "", "é", "a\\b", "-n"]

    var command: RemoteCommand {
        switch self {
        case .hello: RemoteCommand(["echo", "hello"])
        case .failing: .script("echo to output; echo to error >&2; exit 3")
        case .killed: .script("kill -KILL $$")
        case .arguments: RemoteCommand(["printf", "%s\\n"] + Self.oddArguments)
        case .echo: RemoteCommand(["cat"])
        case .endless: RemoteCommand(["sleep", "1000"], endsWithConnection: true)
        }
    }

    static func scriptedHost() -> ScriptedHost {
        ScriptedHost(host: "etcd-1") { command, input in
            switch Self.allCases.first(where: { $0.command == command }) {
            case .hello: CommandResult(ending: .exited(0), output: Array("hello\n".utf8))
            case .failing:
                CommandResult(
                    ending: .exited(3),
                    output: Array("to output\n".utf8),
                    errorOutput: Array("to error\n".utf8)
                )
            case .killed: CommandResult(ending: .signalled("KILL"))
            case .arguments:
                CommandResult(
                    ending: .exited(0),
                    output: Array((oddArguments.joined(separator: "\n") + "\n").utf8)
                )
            case .echo: CommandResult(ending: .exited(0), output: try input.allBytes())
            case .endless:
                try await Self.sleepForEver()
            case nil: nil
            }
        }
    }

    private static func sleepForEver() async throws -> CommandResult {
        try await Task.sleep(for: .seconds(1000))
        return CommandResult(ending: .exited(0))
    }
}
