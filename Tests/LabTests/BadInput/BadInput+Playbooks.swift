extension BadInput {
    /// Playbooks: checked as a state machine before anything runs.
    static let playbooks: [BadInput] = [
        playbook("a playbook that is not there") { bench in
            let path = bench.path("none.yaml")
            return (path, ["cannot read the playbook \(path)", "no such file", "restore-cluster"])
        },
        playbook("a directory as the playbook") { bench in
            let path = try bench.makeFolder("playbook")
            return (path, [path, "is a directory"])
        },
        written(
            "a playbook that is no YAML",
            "steps: [",
            at: nil,
            ["not valid YAML", "restore-cluster.yaml shows the form"]
        ),
        written(
            "an empty playbook",
            "",
            at: nil,
            ["there is nothing in the file", "restore-cluster.yaml"]
        ),
        written(
            "a playbook with an unknown key",
            steps("stop-members").replacing("name:", with: "title:"),
            at: "title",
            [
                "unknown key \"title\"",
                "safety-snapshot, distribute, relay-port, bump-revision, members, steps",
            ]
        ),
        written(
            "an unknown step",
            steps("stop-members", "defragment"),
            at: "defragment",
            ["unknown step \"defragment\"", "the steps are", "verify-cluster"]
        ),
        written(
            "members that are started before they are restored",
            steps(
                "stop-members",
                "distribute-snapshot",
                "archive-data",
                "start-members",
                "restore-snapshot",
                "set-ownership",
                "verify-cluster"
            ),
            at: "- start-members",
            ["start-members needs that", "put restore-snapshot before it"]
        ),
        written(
            "a playbook without a proof",
            steps(
                "stop-members",
                "distribute-snapshot",
                "archive-data",
                "restore-snapshot",
                "set-ownership",
                "start-members"
            ),
            at: "- start-members",
            ["does not end with a proof", "verify-cluster"]
        ),
        written(
            "a step that is there twice",
            steps("stop-members", "stop-members"),
            at: nil,
            [":4:", "stop-members is there twice"]
        ),
        written(
            "a timeout that is none",
            steps("stop-members: {timeout: soon}"),
            at: "soon",
            ["\"timeout\" in the settings of stop-members is not a time: \"soon\"", "1h30m"]
        ),
        written(
            "a number of retries that is none",
            steps("stop-members: {retries: -1}"),
            at: "-1",
            ["\"retries\" in the settings of stop-members must be a number", "0 to 100"]
        ),
        written(
            "an unknown setting of a step",
            steps("stop-members: {retry: 5}"),
            at: "retry",
            ["unknown key \"retry\" in the settings of stop-members", "retries, timeout"]
        ),
    ]

    private static func steps(_ names: String...) -> String {
        "name: mine\nsteps:\n" + names.map { "  - \($0)\n" }.joined()
    }

    private static func written(
        _ name: String,
        _ text: String,
        at mark: String?,
        _ says: [String]
    ) -> BadInput {
        playbook(name) { bench in
            let path = try bench.write(text, "playbook.yaml")
            let place = try mark.map { "\(path):\(try text.place(of: $0).line):" }
            return (path, [place ?? path] + says)
        }
    }

    private static func playbook(
        _ name: String,
        _ make: @escaping @Sendable (Bench) throws -> (path: String, says: [String])
    ) -> BadInput {
        BadInput(name, status: 65, commands: [["restore", "--yes"], ["plan"]]) { bench in
            let (path, says) = try make(bench)
            return Attempt(
                arguments: [
                    "-i", try bench.lab.inventory, "--snapshot", bench.snapshot, "--playbook",
                    path,
                ],
                says: says
            )
        }
    }
}

extension String {
    /// The line of a place, as `12` of `12:5`.
    fileprivate var line: Substring { prefix { $0 != ":" } }
}
