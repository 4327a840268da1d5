extension BadPlaybook {
    /// With the members' own data as the snapshot.
    static let recoveries: [BadPlaybook] = [
        BadPlaybook(
            "a recovery after the stop",
            BadPlaybook.text(
                replacing: "stop-members",
                with: "stop-members\n  - 1️⃣recover-snapshot"
            ),
            (
                "1️⃣",
                "error: recover-snapshot is not the first step, and is done before all others\n"
                    + "HINT: put it first, once"
            )
        ),
        BadPlaybook(
            "a recovery with settings",
            BadPlaybook.text(
                replacing: "stop-members",
                with: "recover-snapshot: 1️⃣{timeout: 5m}\n  - stop-members"
            ),
            (
                "1️⃣",
                "error: recover-snapshot has no settings\n"
                    + "HINT: `restore --recover-to` says where the snapshot is kept"
            )
        ),
        BadPlaybook(
            "a drill with a recovery",
            BadPlaybook.text(
                "1️⃣recover-snapshot",
                "observe-production",
                "distribute-snapshot",
                "restore-snapshot",
                "set-ownership",
                "start-scratch-cluster",
                "verify-cluster",
                "remove-scratch-cluster",
                "compare-production"
            ),
            (
                "1️⃣",
                "error: a drill is of a kept snapshot, and recover-snapshot is for a cluster without a "
                    + "quorum\nHINT: take it out, and name the snapshot with --snapshot"
            )
        ),
    ]
}
