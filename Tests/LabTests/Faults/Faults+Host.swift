/// What happens to one host: its power, its network, its sshd.
enum HostFaults {
    static let all = [
        powerCut, staysDown, sshdKilled, sshdFrozen, hostFrozen, cutForSeconds, cutForLong,
        cutForEver,
    ]

    static let powerCut = Fault(
        name: "power cut, and the host boots again",
        moments: Moments.everyStep + [.before("release-lock")],
        strike: { try $0.power("cycle") },
        isLoose: true,
        lift: { try $0.power("on") },
        chosen: [.before("set-aside-data"), .before("start-service")]
    )

    static let staysDown = Fault(
        name: "power cut, and the host stays down until the operator goes on",
        moments: [
            .before("hold-service"), .before("upload-snapshot"), .before("set-aside-data"),
            .before("restore-snapshot"), .before("install-data"), .before("start-service"),
        ],
        strike: { try $0.power("off") },
        isLoose: true,
        lift: { try $0.power("on") },
        isImpatient: true,
        chosen: [.before("install-data")]
    )

    static let sshdKilled = Fault(
        name: "sshd and all its sessions killed",
        moments: Moments.everyStep,
        strike: { try $0.onHost("systemctl kill -s KILL ssh") },
        isLoose: true,
        lift: { try $0.onHost("systemctl start ssh") },
        chosen: [.before("restore-snapshot")]
    )

    static let sshdFrozen = Fault(
        name: "sshd frozen (SIGSTOP) for 20 s",
        moments: [
            .before("upload-snapshot"), .before("set-aside-data"), .before("start-service"),
        ],
        strike: { try $0.onHost("systemctl kill -s STOP ssh") },
        isLoose: true,
        passesAfter: 20,
        lift: { try $0.onHost("systemctl kill -s CONT ssh") }
    )

    static let hostFrozen = Fault(
        name: "every process of the host frozen for 5 s",
        moments: [
            .before("stop-service"), .before("upload-snapshot"), .before("set-aside-data"),
            .before("restore-snapshot"), .before("install-data"), .before("start-service"),
        ],
        strike: { try $0.lab.script("freeze", ["\($0.member)"]) },
        isLoose: true,
        passesAfter: 5,
        lift: { try $0.lab.script("thaw", ["\($0.member)"]) }
    )

    static let cutForSeconds = Fault(
        name: "link cut for 5 s",
        moments: Moments.everyStep,
        strike: { try $0.link("down") },
        isLoose: true,
        passesAfter: 5,
        lift: { try $0.link("up") },
        chosen: [.before("upload-snapshot")]
    )

    static let cutForLong = Fault(
        name: "link cut for 90 s, longer than every retry of a small step",
        moments: [
            .before("upload-snapshot"), .before("set-aside-data"), .before("start-service"),
        ],
        strike: { try $0.link("down") },
        isLoose: true,
        passesAfter: 90,
        lift: { try $0.link("up") }
    )

    static let cutForEver = Fault(
        name: "link cut until the operator, whose first resume fails, mends it",
        moments: [
            .before("hold-service"), .before("upload-snapshot"), .before("restore-snapshot"),
            .before("install-data"), .after("start-service", members: 3),
        ],
        strike: { scene in
            try scene.link("down")
            scene.notes["cut"] = "yes"
        },
        lift: { scene in
            if scene.notes.removeValue(forKey: "cut") != nil, scene.running == nil,
                try scene.command(["resume"]) == 0
            {
                throw Unexpected("a resume without the host claimed success")
            }
            try scene.link("up")
        },
        isImpatient: true
    )
}

/// What a case saw that must not be.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Scene {
    func power(_ what: String) throws { try lab.script("power", [what, "\(member)"]) }
    func link(_ what: String) throws { try lab.script("link", [what, "\(member)"]) }
}
