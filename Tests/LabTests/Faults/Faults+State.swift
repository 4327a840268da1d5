import FoundationEssentials
import Glibc

/// What happens to the coordinator's state directory and to its clock.
enum StateFaults {
    static let all = [
        full, fullFromTheStart, readOnlyFromTheStart, readOnly, brokenDisk, clockBack, clockAhead,
        clockBehind,
    ]

    static let full = Fault(
        name: "state directory full until room is made",
        moments: Moments.everyStep,
        prepare: { try $0.mountState() },
        strike: { try $0.fillState() },
        lift: { try $0.emptyState() },
        chosen: [.before("set-aside-data")]
    )

    static let fullFromTheStart = Fault(
        name: "state directory full from the start",
        moments: [.begun],
        prepare: { scene in
            try scene.mountState()
            try scene.fillState()
        },
        remedy: .nothing,
        due: [.refused]
    )

    static let readOnlyFromTheStart = Fault(
        name: "state directory read-only from the start",
        moments: [.begun],
        prepare: { scene in
            try scene.mountState()
            try Program.require("/bin/mount", ["-o", "remount,ro", scene.stateDirectory])
        },
        remedy: .nothing,
        due: [.refused],
        chosen: [.begun]
    )

    static let readOnly = journal("state directory turns read-only (EROFS)", "read-only")
    static let brokenDisk = journal("the journal's disk cannot sync any more (EIO)", "broken")

    static let clockBack = Fault(
        name: "the coordinator's clock jumps back an hour in the middle",
        moments: [.begun],
        prepare: { scene in
            let write = Int.random(in: 10...90, using: &scene.random)
            scene.environment = try JournalShim.environment("clock \(write) -3600")
        },
        remedy: .nothing,
        due: [.restored],
        chosen: [.begun]
    )

    static let clockAhead = skewed("the coordinator's clock is a day ahead of the hosts'", 86_400)
    static let clockBehind = skewed("the coordinator's clock is a day behind the hosts'", -86_400)

    /// From one of the journal's writes on, which chance chooses.
    private static func journal(_ name: String, _ what: String) -> Fault {
        Fault(
            name: name,
            moments: [.begun, .proving],
            prepare: { scene in
                let range = scene.moment == .begun ? 4...60 : 61...110
                let write = Int.random(in: range, using: &scene.random)
                scene.environment = try JournalShim.environment("\(what) \(write)")
            }
        )
    }

    private static func skewed(_ name: String, _ seconds: Int) -> Fault {
        Fault(
            name: name,
            moments: [.begun],
            prepare: { $0.environment = try JournalShim.environment("clock 0 \(seconds)") },
            remedy: .nothing,
            due: [.restored]
        )
    }
}

extension Scene {
    /// The state directory on a file system of two mebibytes.
    fileprivate func mountState() throws {
        try FileManager.default.createDirectory(
            atPath: stateDirectory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try Program.require(
            "/bin/mount",
            ["-t", "tmpfs", "-o", "size=2m,mode=0700", "fault", stateDirectory]
        )
        let path = stateDirectory
        // the next case has another state directory
        cleanUps.append { try Program.require("/bin/umount", ["-l", path]) }
    }

    private var filler: String { "\(stateDirectory)/filler" }

    fileprivate func fillState() throws {
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Unexpected("cannot fill \(stateDirectory)") }
        defer { close(file) }
        let page = [UInt8](repeating: 0, count: 4096)
        while page.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) > 0 {}
    }

    /// Whoever holds it open would keep the room of a file that is only unlinked.
    fileprivate func emptyState() throws {
        truncate(filler, 0)
        unlink(filler)
    }
}
