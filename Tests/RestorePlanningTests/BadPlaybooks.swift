extension PlaybookReaderTests {
    static let cases: [BadPlaybook] = [
        BadPlaybook(
            "nothing",
            "",
            (
                nil,
                "error: there is nothing in the file\n"
                    + "HINT: begin with a copy of playbooks/restore-cluster.yaml"
            )
        ),
        BadPlaybook(
            "a word",
            "1️⃣restore",
            ("1️⃣", "error: the playbook must be a mapping, not a single value")
        ),
        BadPlaybook(
            "a list",
            "1️⃣- stop-members",
            ("1️⃣", "error: the playbook must be a mapping, not a list")
        ),
        BadPlaybook(
            "broken YAML",
            "name: [a\nsteps1️⃣: b",
            (
                "1️⃣",
                "error: not valid YAML: did not find expected ',' or ']' while parsing a flow "
                    + "sequence (line 1)\nHINT: look at this line and the one before it; "
                    + "playbooks/restore-cluster.yaml shows the form"
            )
        ),
        BadPlaybook("an invalid byte is no text", "name: 1️⃣\u{7}", ("1️⃣", control)),
        BadPlaybook(
            "no name",
            "1️⃣" + BadPlaybook.text().replacing("name: p\n", with: ""),
            (
                "1️⃣",
                "error: \"name\" is missing in the playbook\n"
                    + "HINT: give it a name: plans and reports show it"
            )
        ),
        BadPlaybook(
            "an empty name",
            BadPlaybook.text().replacing("name: p", with: "name: 1️⃣\"\""),
            (
                "1️⃣",
                "error: \"name\" in the playbook is empty\n"
                    + "HINT: leave it out, or write ~, where there is nothing to say"
            )
        ),
        BadPlaybook(
            "a list as name",
            BadPlaybook.text().replacing("name: p", with: "name: 1️⃣[p]"),
            ("1️⃣", "error: \"name\" in the playbook must be a single value, not a list")
        ),
        BadPlaybook(
            "a description that is no text",
            BadPlaybook.text().replacing("name: p", with: "name: p\ndescription: 1️⃣{a: b}"),
            ("1️⃣", "error: \"description\" in the playbook must be a single value, not a mapping")
        ),
        BadPlaybook(
            "a misspelt key",
            BadPlaybook.text().replacing("name: p", with: "name: p\n1️⃣descripton: d"),
            (
                "1️⃣",
                "error: unknown key \"descripton\" in the playbook\n"
                    + "HINT: did you mean \"description\"?"
            )
        ),
        BadPlaybook(
            "a key of nothing like it",
            BadPlaybook.text().replacing("name: p", with: "name: p\n1️⃣hosts: all"),
            (
                "1️⃣",
                "error: unknown key \"hosts\" in the playbook\n"
                    + "HINT: it can have: name, description, safety-snapshot, distribute, relay-port, "
                    + "bump-revision, members, steps, checks"
            )
        ),
        BadPlaybook(
            "a way of distributing that there is not",
            BadPlaybook.text().replacing("name: p", with: "name: p\ndistribute: 1️⃣torrent"),
            (
                "1️⃣",
                "error: \"distribute\" must be direct or relay, not \"torrent\"\n"
                    + "HINT: direct, which it is when left out, sends the snapshot to each host; "
                    + "relay sends it to one, and on from host to host"
            )
        ),
        BadPlaybook(
            "a relay's port without a relay",
            BadPlaybook.text().replacing("name: p", with: "name: p\nrelay-port: 1️⃣2390"),
            (
                "1️⃣",
                "error: \"relay-port\" is of no use without a relay\n"
                    + "HINT: add `distribute: relay`, or leave it out"
            )
        ),
        BadPlaybook(
            "a relay before the stop, on ports that etcd holds",
            "name: p\ndistribute: relay\nsteps:\n  - 1️⃣distribute-snapshot\n"
                + BadPlaybook.text().replacing("name: p\nsteps:\n", with: "")
                .replacing("  - distribute-snapshot\n", with: ""),
            (
                "1️⃣",
                "error: distribute-snapshot comes before the stop, and the relay would need the "
                    + "peer ports that etcd still holds\nHINT: set `relay-port` to one that the "
                    + "members' firewalls let through between them"
            )
        ),
        BadPlaybook(
            "a key twice",
            BadPlaybook.text().replacing("name: p", with: "name: p\n1️⃣name: q"),
            (
                "1️⃣",
                "error: key \"name\" is given twice in the playbook\n"
                    + "HINT: it is first given on line 1; keep one of them"
            )
        ),
        BadPlaybook(
            "no steps",
            "1️⃣name: p",
            ("1️⃣", "error: \"steps\" is missing in the playbook\nHINT: \(catalogue)")
        ),
        BadPlaybook(
            "steps left empty",
            "name: p\nsteps:1️⃣",
            ("1️⃣", "error: \"steps\" is empty in the playbook\nHINT: \(catalogue)")
        ),
        BadPlaybook(
            "an empty list of steps",
            "name: p\nsteps: 1️⃣[]",
            ("1️⃣", "error: there are no steps\nHINT: \(catalogue)")
        ),
        BadPlaybook(
            "steps as a mapping",
            "name: p\nsteps:\n  1️⃣stop-members: {}",
            (
                "1️⃣",
                "error: \"steps\" must be a list, not a mapping\nHINT: begin each step with \"- \""
            )
        ),
        BadPlaybook(
            "a misspelt step counts as the one that was meant",
            BadPlaybook.text(replacing: "archive-data", with: "1️⃣archiv-data"),
            (
                "1️⃣",
                "error: unknown step \"archiv-data\"\nHINT: did you mean \"archive-data\"?"
            )
        ),
        BadPlaybook(
            "a step of nothing like it, and no guesses about the rest",
            BadPlaybook.text(replacing: "archive-data", with: "1️⃣make-coffee"),
            ("1️⃣", "error: unknown step \"make-coffee\"\nHINT: \(catalogue)")
        ),
        BadPlaybook(
            "two steps in one",
            BadPlaybook.text(
                replacing: "archive-data",
                with: "1️⃣{archive-data: {}, restore-snapshot: {}}"
            ),
            ("1️⃣", oneName)
        ),
        BadPlaybook(
            "a list as step",
            BadPlaybook.text(replacing: "archive-data", with: "1️⃣[archive-data]"),
            ("1️⃣", oneName)
        ),
        BadPlaybook(
            "settings that are no mapping",
            BadPlaybook.text(replacing: "archive-data", with: "archive-data: 1️⃣5"),
            ("1️⃣", "error: the settings of archive-data must be a mapping, not a single value")
        ),
        BadPlaybook(
            "an unknown setting",
            BadPlaybook.text(replacing: "archive-data", with: "archive-data: {1️⃣retry: 5}"),
            (
                "1️⃣",
                "error: unknown key \"retry\" in the settings of archive-data\n"
                    + "HINT: it can have: retries, timeout"
            )
        ),
        BadPlaybook(
            "too many retries",
            BadPlaybook.text(replacing: "archive-data", with: "archive-data: {retries: 1️⃣101}"),
            (
                "1️⃣",
                "error: \"retries\" in the settings of archive-data must be a number from 0 to 100, not \"101\""
            )
        ),
        BadPlaybook(
            "fewer than no retries",
            BadPlaybook.text(replacing: "archive-data", with: "archive-data: {retries: 1️⃣-1}"),
            (
                "1️⃣",
                "error: \"retries\" in the settings of archive-data must be a number from 0 to 100, not \"-1\""
            )
        ),
        BadPlaybook(
            "a time without its unit",
            BadPlaybook.text(replacing: "archive-data", with: "archive-data: {timeout: 1️⃣30}"),
            (
                "1️⃣",
                "error: \"timeout\" in the settings of archive-data is not a time: \"30\"\n"
                    + "HINT: write it as 45s, 15m, 6h, 1h30m or 2d"
            )
        ),
        BadPlaybook(
            "no time at all",
            BadPlaybook.text(replacing: "archive-data", with: "archive-data: {timeout: 1️⃣0s}"),
            (
                "1️⃣",
                "error: \"timeout\" in the settings of archive-data is not a time: \"0s\"\n"
                    + "HINT: write it as 45s, 15m, 6h, 1h30m or 2d"
            )
        ),
        BadPlaybook(
            "a start before the restore",
            """
            name: p
            steps:
              - stop-members
              - distribute-snapshot
              - archive-data
              - 1️⃣start-members
              - verify-cluster
            """,
            (
                "1️⃣",
                "error: start-members needs that the snapshot is restored into staging on every "
                    + "host\nHINT: put restore-snapshot before it"
            ),
            (
                "1️⃣",
                "error: start-members needs that the restored data belongs to etcd's user\n"
                    + "HINT: put set-ownership before it"
            )
        ),
        BadPlaybook(
            "old data set aside under a running etcd, before there is anything new",
            """
            name: p
            steps:
              - 1️⃣archive-data
              - stop-members
              - distribute-snapshot
              - restore-snapshot
              - set-ownership
              - start-members
              - verify-cluster
            """,
            (
                "1️⃣",
                "error: archive-data needs that every member is stopped and held\n"
                    + "HINT: put stop-members before it"
            ),
            (
                "1️⃣",
                "error: archive-data needs that every host has the proven snapshot\n"
                    + "HINT: put distribute-snapshot before it"
            )
        ),
        BadPlaybook(
            "a step twice",
            BadPlaybook.text(replacing: "archive-data", with: "archive-data\n  - 1️⃣archive-data"),
            ("1️⃣", "error: archive-data is there twice\nHINT: name each step once")
        ),
        BadPlaybook(
            "a stop after the start",
            BadPlaybook.text(
                replacing: "verify-cluster",
                with: "1️⃣stop-members: {retries: 2}\n  - verify-cluster"
            ),
            (
                "1️⃣",
                "error: stop-members comes too late: the restored members are started\n"
                    + "HINT: a playbook stops and starts the members once"
            ),
            ("1️⃣", "error: stop-members is there twice\nHINT: name each step once")
        ),
        BadPlaybook(
            "no proof",
            """
            name: p
            steps: [stop-members, distribute-snapshot, archive-data, restore-snapshot, \
            set-ownership, 1️⃣start-members]
            """,
            (
                "1️⃣",
                "error: the playbook does not end with a proof\n"
                    + "HINT: add verify-cluster as the last step: done means proven"
            )
        ),
        BadPlaybook(
            "everything at once, in the order of the file",
            """
            name: p
            1️⃣stpes: []
            steps:
              - 2️⃣stop-member
              - distribute-snapshot: {retries: 3️⃣many, timeout: 4️⃣soon}
              - 5️⃣restore-snapshots: {6️⃣timeouts: 1m}
              - 7️⃣start-members
            """,
            ("1️⃣", "error: unknown key \"stpes\" in the playbook\nHINT: did you mean \"steps\"?"),
            ("2️⃣", "error: unknown step \"stop-member\"\nHINT: did you mean \"stop-members\"?"),
            (
                "3️⃣",
                "error: \"retries\" in the settings of distribute-snapshot must be a number from 0 to 100, "
                    + "not \"many\""
            ),
            (
                "4️⃣",
                "error: \"timeout\" in the settings of distribute-snapshot is not a time: \"soon\"\n"
                    + "HINT: write it as 45s, 15m, 6h, 1h30m or 2d"
            ),
            (
                "5️⃣",
                "error: unknown step \"restore-snapshots\"\nHINT: did you mean \"restore-snapshot\"?"
            ),
            (
                "6️⃣",
                "error: unknown key \"timeouts\" in the settings of restore-snapshot\n"
                    + "HINT: did you mean \"timeout\"?"
            ),
            (
                "7️⃣",
                "error: start-members needs that the old data is set aside on every host\n"
                    + "HINT: put archive-data before it"
            ),
            (
                "7️⃣",
                "error: start-members needs that the restored data belongs to etcd's user\n"
                    + "HINT: put set-ownership before it"
            ),
            (
                "7️⃣",
                "error: the playbook does not end with a proof\n"
                    + "HINT: add verify-cluster as the last step: done means proven"
            )
        ),
    ]

    private static let control =
        "error: control character U+0007\nHINT: remove it; YAML allows none but tab and line ends"
    private static let oneName =
        "error: a step is one name, with its settings behind it\n"
        + "HINT: as `- stop-members`, or `- distribute-snapshot: {retries: 5, timeout: 30m}`"
}
