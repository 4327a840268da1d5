extension BadInput {
    /// Command lines that cannot be meant.
    static let usages: [BadInput] = [
        usage("a restore of nothing", ["restore", "--yes"], ["--snapshot", "--plan"]),
        usage(
            "a restore of a snapshot and a plan",
            ["restore", "--snapshot", "s.db", "--plan", "p.json"],
            ["either --snapshot or --plan"]
        ),
        usage(
            "a plan with a playbook beside it",
            ["restore", "--plan", "p.json", "--playbook", "b.yaml"],
            ["a plan has its playbook in it"]
        ),
        usage("a plan of nothing", ["plan"], ["which snapshot?", "--snapshot"]),
        usage("an unknown option", ["restore", "--forse"], ["--forse", "rekindle restore --help"]),
        usage("an unknown command", ["restroe"], ["restroe", "rekindle --help"]),
        usage("no command", [], ["which command?", "rekindle --help"]),
        usage("an option without its value", ["check", "--snapshot"], ["--snapshot", "value"]),
        usage("an unknown output format", ["check", "--output", "xml"], ["xml", "json"]),
        usage("an argument too many", ["snapshot", "verify", "a.db", "b.db"], ["b.db"]),
        usage("an empty path", ["restore", "--yes", "--snapshot", ""], ["--snapshot", "empty"]),
        BadInput(
            "a restore without a terminal to ask at and without --yes",
            status: 64,
            commands: [["restore"]]
        ) { bench in
            Attempt(
                arguments: ["-i", try bench.lab.inventory, "--snapshot", bench.snapshot],
                says: ["there is no terminal to ask at", "--yes"],
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
