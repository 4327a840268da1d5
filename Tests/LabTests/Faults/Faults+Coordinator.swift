import Glibc

/// What happens to the coordinator: its process, its disk, its clock.
enum CoordinatorFaults {
    /// Where in a journal write the coordinator dies.
    enum Instant: String, CaseIterable, Sendable {
        case before = "kill-before"
        case torn = "kill-torn"
        case between = "kill-between"
        case after = "kill-after"

        var words: String {
            switch self {
            case .before: "SIGKILL before a journal write"
            case .torn: "SIGKILL half-way through a journal write"
            case .between: "SIGKILL between a journal write and its sync"
            case .after: "SIGKILL after the sync of a journal write"
            }
        }
    }

    /// Death at the given write to the journal, counted from 1.
    static func death(_ instant: Instant, at write: Int) -> Fault {
        Fault(
            name: instant.words,
            moments: [.begun],
            prepare: { scene in
                scene.story.append("write \(write)")
                scene.environment = try JournalShim.environment("\(instant.rawValue) \(write)")
            }
        )
    }

    static let all = [interrupt, terminate, hangUp, powerCut]

    /// No byte of its end reaches a host: it comes back with another address, from which its old connections
    /// cannot speak.
    ///
    /// Not in the chosen part: an operator who goes on at once waits until the lock was silent for two minutes.
    static let powerCut = Fault(
        name: "coordinator's power cut in an upload",
        moments: [.before("upload-snapshot")],
        prepare: { scene in
            for member in 1...3 { try scene.lab.script("link", ["rate", "\(member)", "2mbit"]) }
            scene.cleanUps.append { try scene.moveCoordinator(to: 1) }
        },
        strike: { scene in
            // some of the upload is to be under way
            scene.running?.kill(SIGCONT)
            sleep(1)
            try scene.moveCoordinator(to: 2)
            scene.running?.kill(SIGKILL)
        },
        lift: { scene in
            for member in 1...3 { try scene.lab.script("link", ["rate", "\(member)", "off"]) }
        }
    )

    static let interrupt = signal("SIGINT", SIGINT, chosen: [.before("set-aside-data")])
    static let terminate = signal("SIGTERM", SIGTERM, chosen: [])
    static let hangUp = signal("SIGHUP", SIGHUP, chosen: [])

    private static func signal(_ name: String, _ number: Int32, chosen: [Moment]) -> Fault {
        Fault(
            name: name,
            moments: Moments.everyStep,
            strike: { $0.running?.kill(number) },
            chosen: chosen
        )
    }
}

/// Moments that many faults share.
enum Moments {
    /// One in each step of a restore.
    static let everyStep: [Moment] = [
        .before("take-lock"), .before("hold-service"), .before("stop-service"),
        .before("upload-snapshot"), .before("set-aside-data"), .before("restore-snapshot"),
        .before("set-ownership"), .before("install-data"), .before("start-service"),
        .after("start-service", members: 3), .before("remove-snapshot-copy"),
    ]
}

extension Scene {
    /// Gives the coordinator the last byte of its address.
    fileprivate func moveCoordinator(to byte: Int) throws {
        let script = """
            a=$(ip -4 -o addr show dev br0 | awk '{print $4; exit}')
            ip addr del "$a" dev br0 && ip addr add "${a%.*}.$1/24" dev br0
            """
        try lab.script("run", ["sh", "-c", script, "sh", "\(byte)"])
    }
}
