extension BadInput {
    /// Command lines that cannot be meant.
    static let usages: [BadInput] = [
        usage(
            "a restore of nothing",
            ["restore", "--yes"],
            ["nothing to restore was named", "--snapshot", "--plan"]
        ),
        usage(
            "a restore of a snapshot and a plan",
            ["restore", "--snapshot", "s.db", "--plan", "p.json"],
            ["both --snapshot and --plan were given", "a plan has its snapshot in it"]
        ),
        usage(
            "a restore of a snapshot and of the members' own data",
            ["restore", "--snapshot", "s.db", "--recover-to", "d"],
            ["both --snapshot and --recover-to were given", "give one of them"]
        ),
        usage(
            "a restore of a plan and of the members' own data",
            ["restore", "--plan", "p.json", "--recover-to", "d"],
            ["both --recover-to and --plan were given", "a plan has its snapshot in it"]
        ),
        usage(
            "a dry run that would recover the members' own data",
            ["restore", "--playbook", "restore-from-members", "--dry-run"],
            ["a dry run recovers nothing", "rekindle snapshot recover --to DEST"]
        ),
        usage(
            "a plan with a playbook beside it",
            ["restore", "--plan", "p.json", "--playbook", "b.yaml"],
            ["both --plan and --playbook were given", "leave --playbook out"]
        ),
        usage(
            "a revision raised by nothing",
            ["restore", "--snapshot", "s.db", "--bump-revision", "0"],
            ["--bump-revision 0 is not a number", "give auto"]
        ),
        usage(
            "a plan with a raised revision beside it",
            ["restore", "--plan", "p.json", "--bump-revision", "auto"],
            ["--bump-revision", "a plan has in it what was decided"]
        ),
        usage("a plan of nothing", ["plan"], ["a plan of no snapshot", "--snapshot"]),
        usage(
            "an unknown option",
            ["restore", "--forse"],
            ["error: unknown option '--forse'", "`rekindle restore --help`"]
        ),
        usage(
            "an unknown command",
            ["restroe"],
            ["error: unexpected argument 'restroe'", "`rekindle --help`"]
        ),
        usage(
            "an option without its value",
            ["check", "--snapshot"],
            ["error: missing value for '--snapshot <snapshot>'", "`rekindle check --help`"]
        ),
        usage(
            "an unknown output format",
            ["check", "--output", "xml"],
            ["error: the value 'xml' is invalid", "'text' and 'json'"]
        ),
        usage(
            "an argument too many",
            ["snapshot", "verify", "a.db", "b.db"],
            ["error: unexpected argument 'b.db'", "`rekindle snapshot verify --help`"]
        ),
        BadInput(
            "a restore without a terminal to ask at and without --yes",
            status: 64,
            by: .afterwards,
            commands: [["restore"]]
        ) { bench in
            Attempt(
                arguments: ["-i", try bench.lab.inventory, "--snapshot", bench.snapshot],
                says: ["there is no terminal to ask at", "no host was changed", "--yes"],
                // a pipe that answers is no person
                input: "lab\n"
            )
        },
    ]

    private static func usage(_ name: String, _ words: [String], _ says: [String]) -> BadInput {
        BadInput(name, status: 64, commands: [[]]) { _ in
            Attempt(arguments: words, says: says)
        }
    }
}
