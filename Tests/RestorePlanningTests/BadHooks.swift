extension BadPlaybook {
    private static let form =
        "as `- run: {on: GROUP, command: [PROGRAM, …], undo: [PROGRAM, …], timeout: 1m}`"

    private static func text(_ run: String) -> String {
        text(replacing: "verify-cluster", with: "verify-cluster\n  - \(run)")
    }

    static let hooks: [BadPlaybook] = [
        BadPlaybook(
            "a run of nothing",
            text("1️⃣run"),
            ("1️⃣", "error: \"run\" says not what to run, and where\nHINT: \(form)")
        ),
        BadPlaybook(
            "a run that is a word",
            text("run: 1️⃣reboot"),
            ("1️⃣", "error: the settings of run must be a mapping, not a single value")
        ),
        BadPlaybook(
            "a run without a group",
            text("run: 1️⃣{command: [a]}"),
            ("1️⃣", "error: \"on\" is missing in the settings of run\nHINT: \(form)")
        ),
        BadPlaybook(
            "a run without a command",
            text("run: 1️⃣{on: g}"),
            ("1️⃣", "error: \"command\" is missing in the settings of run\nHINT: \(form)")
        ),
        BadPlaybook(
            "an empty command",
            text("run: 1️⃣{on: g, command: []}"),
            ("1️⃣", "error: \"command\" is empty\nHINT: \(form)")
        ),
        BadPlaybook(
            "a command that is a line for a shell",
            text("run: {on: g, command: 1️⃣reboot now}"),
            (
                "1️⃣",
                "error: \"command\" in the settings of run must be a list, not a single value\n"
                    + "HINT: write [one, two], or one per line after \"- \""
            )
        ),
        BadPlaybook(
            "an undo of nothing",
            text("run: 1️⃣{on: g, command: [a], undo: []}"),
            ("1️⃣", "error: \"undo\" is empty\nHINT: \(form)")
        ),
        BadPlaybook(
            "a title of an undo that is not there",
            text("run: {on: g, command: [a], undo-title: 1️⃣take it back}"),
            (
                "1️⃣",
                "error: \"undo-title\" was given without \"undo\"\n"
                    + "HINT: say with undo what a rollback runs, or leave undo-title out"
            )
        ),
        BadPlaybook(
            "a revision that cannot be raised",
            BadPlaybook.text().replacing("name: p", with: "name: p\nbump-revision: 1️⃣often"),
            (
                "1️⃣",
                "error: \"bump-revision\" must be auto or a whole number, not \"often\"\n"
                    + "HINT: auto raises the revision by 1000000000, as etcd advises, or further if "
                    + "clients have seen higher ones; a number is at most 1000000000000"
            )
        ),
    ]
}
