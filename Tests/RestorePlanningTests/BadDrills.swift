extension BadPlaybook {
    /// What is wrong with a drill, or with the checks of any playbook.
    static let drills: [BadPlaybook] = [
        BadPlaybook(
            "a drill that does not look at production in the end",
            BadPlaybook.text(
                "observe-production",
                "distribute-snapshot",
                "restore-snapshot",
                "set-ownership",
                "start-scratch-cluster",
                "1️⃣verify-cluster"
            ),
            (
                "1️⃣",
                "error: the drill does not end with a look at production\n"
                    + "HINT: add remove-scratch-cluster and compare-production as the last steps"
            )
        ),
        BadPlaybook(
            "a drill that stops production",
            BadPlaybook.text(
                "observe-production",
                "stop-members",
                "distribute-snapshot",
                "restore-snapshot",
                "set-ownership",
                "1️⃣start-scratch-cluster",
                "verify-cluster",
                "remove-scratch-cluster",
                "compare-production"
            ),
            (
                "1️⃣",
                "error: start-scratch-cluster comes too late: every member is stopped and held\n"
                    + "HINT: a playbook stops and starts the members once"
            )
        ),
        BadPlaybook(
            "checks that are none",
            """
            name: p
            checks:
              - 1️⃣{key: a, prefix: b}
              - {prefix: /registry/, at-least: 2️⃣none}
              - 3️⃣{command: []}
            steps:
            """ + "\n" + PlaybookReaderTests.all.map { "  - \($0)\n" }.joined(),
            (
                "1️⃣",
                "error: this is no check\nHINT: as `- key: K`, `- {key: K, value: V}`, "
                    + "`- {prefix: P, at-least: N}` or `- command: [PROGRAM, …]`"
            ),
            (
                "2️⃣",
                "error: \"at-least\" in a check must be a number from 1 to 1000000000, not \"none\""
            ),
            (
                "3️⃣",
                "error: \"command\" is empty\nHINT: as `- key: K`, `- {key: K, value: V}`, "
                    + "`- {prefix: P, at-least: N}` or `- command: [PROGRAM, …]`"
            )
        ),
    ]
}
