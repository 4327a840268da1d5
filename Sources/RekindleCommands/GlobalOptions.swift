import ArgumentParser

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The inventory of the cluster's members.",
            discussion: "Default: $REKINDLE_INVENTORY, else ./inventory.yaml.",
            valueName: "file"
        )
    )
    var inventory: String?

    @Option(
        help: ArgumentHelp(
            "Where runs and their journals are kept.",
            discussion: "Default: $REKINDLE_STATE_DIR, else $XDG_STATE_HOME/rekindle, "
                + "else ~/.local/state/rekindle.",
            valueName: "dir"
        )
    )
    var stateDir: String?

    @Option(help: "text, or json: one document on stdout, all chatter on stderr.")
    var output: OutputFormat = .text

    @Flag(help: "No colours (as does a NO_COLOR in the environment).")
    var noColor = false

    @Flag(name: .shortAndLong, help: "Say more: every command of a plan.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say less: no progress.")
    var quiet = false
}
