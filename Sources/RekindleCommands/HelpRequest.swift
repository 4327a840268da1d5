import ArgumentParser
import ClusterInventory
import RunReport

/// `rekindle help COMMAND…` and `rekindle COMMAND… --help`, of which the parser shows the root's help if
/// there is no such command.
enum HelpRequest {
    /// The error to print if the arguments ask for the help of a command that there is not.
    ///
    /// - Returns: nil if they ask for no help, or for help that there is.
    static func unknownCommand(in arguments: [String]) -> String? {
        let words = Array(arguments.prefix { !$0.hasPrefix("-") })
        if words.first == "help" {
            return words.dropFirst().first == "help"
                ? nil : unknown(words.dropFirst(), isWhole: true)
        }
        let asks = arguments.contains { $0 == "--help" || $0 == "-h" }
        return asks ? unknown(words[...], isWhole: false) : nil
    }

    /// `isWhole`: whether every word is a command's name; else arguments follow on the last command.
    private static func unknown(_ words: ArraySlice<String>, isWhole: Bool) -> String? {
        var command: any ParsableCommand.Type = RekindleCommand.self
        var path = "rekindle"
        for word in words {
            let known = command.configuration.subcommands
            if known.isEmpty, !isWhole { return nil }
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
