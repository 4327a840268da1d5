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

    @Option(
        name: .customLong("output"),
        help: "text, as when left out, or json: one document on stdout, all chatter on stderr."
    )
    var givenOutput: OutputFormat?

    var output: OutputFormat { givenOutput ?? .text }

    @Flag(help: "No colours (as does a NO_COLOR in the environment).")
    var noColor = false

    @Flag(name: .shortAndLong, help: "Say more: every command of a plan.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say less: no progress.")
    var quiet = false
}

extension GlobalOptions {
    /// Refuses flags of which one says the opposite of the other.
    func requireSense() throws(UsageProblem) {
        guard verbose, quiet else { return }
        throw UsageProblem(
            "both --verbose and --quiet were given",
            hint: "give one of them: the first says more, the second less"
        )
    }

    /// The form in which a command writes what it was asked for: its own `--format`, else `--output`.
    ///
    /// - Throws: `UsageProblem` if the two ask for different forms.
    func format<Format>(_ format: Format?) throws(UsageProblem) -> Format
    where Format: RawRepresentable<String> {
        let asked = output.rawValue
        guard let format else {
            guard let plain = Format(rawValue: asked) else {
                preconditionFailure("every --format has text and json")
            }
            return plain
        }
        guard givenOutput == nil || format.rawValue == asked else {
            throw UsageProblem(
                "--output \(asked) and --format \(format.rawValue) contradict each other",
                hint: "leave --output out: --format alone says what is written"
            )
        }
        return format
    }
}
