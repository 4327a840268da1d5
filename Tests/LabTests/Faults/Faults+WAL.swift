import Glibc

/// Two renames where there is one elsewhere: what is between them.
enum WALFaults {
    static let all = [killed, powerCut]

    static let killed = Fault(
        name: "separate WAL directory; SIGKILL of the coordinator",
        moments: renames,
        strike: { $0.running?.kill(SIGKILL) },
        chosen: [.after("install-wal", members: 1)]
    )

    static let powerCut = Fault(
        name: "separate WAL directory; power cut, and the host boots again",
        moments: renames,
        strike: { try $0.power("cycle") },
        isLoose: true,
        lift: { try $0.power("on") }
    )

    private static let renames: [Moment] = [
        .before("set-aside-data"), .before("set-aside-wal"), .after("set-aside-wal", members: 1),
        .before("install-wal"), .after("install-wal", members: 1), .before("install-data"),
        .before("start-service"),
    ]
}
