import ArgumentParser
import ClusterInventory
import RunReport

/// `rekindle help COMMAND…`, of which the parser shows the root's help if there is no such command.
enum HelpRequest {
    /// The error to print if the arguments ask for the help of a command that there is not.
    ///
    /// - Returns: nil if they ask for no help, or for help that there is.
    static func unknownCommand(in arguments: [String]) -> String? {
        guard arguments.first == "help", arguments.dropFirst().first != "help" else { return nil }
        var command: any ParsableCommand.Type = RekindleCommand.self
        var path = "rekindle"
        for word in arguments.dropFirst().prefix(while: { !$0.hasPrefix("-") }) {
            let known = command.configuration.subcommands
            guard let next = known.first(where: { name(of: $0) == word }) else {
                let names = known.map(name)
                let hint =
                    names.isEmpty
                    ? "`\(path) --help` tells what it takes"
                    : NameSuggestion.hint(for: word, among: names, what: "commands")
                return "error: \(path) has no command \(VisibleText.escaped(word))\nHINT: \(hint)"
            }
            command = next
            path += " \(word)"
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? ""
    }
}
