import EtcdModel
import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@Suite("The look at a host")
struct ObservationScriptTests {
    static let script = ObservationScript(
        paths: MemberPaths(dataDir: "/var/lib/etcd", walDir: nil, run: Sample.run),
        user: "etcd",
        group: "etcd",
        manager: Systemd(unit: "etcd.service")
    )

    private func recorded(_ name: String) throws -> String {
        try String(contentsOf: fixture("facts/\(name).txt"), encoding: .utf8)
    }

    @Test("of a host where etcd runs")
    func running() throws {
        let look = try #require(Self.script.read(recorded("look-running")))
        #expect(look.lock == nil)
        #expect(
            look.service
                == ServiceState(
                    activity: .active,
                    detail: "active (running)",
                    isHoldLoaded: false
                )
        )
        #expect(look.dataDirExists)
        #expect(look.data.hasMember && !look.data.hasSeparateWAL)
        #expect(look.data.identity?.memberID.description.isEmpty == false)
        #expect(look.staged == DataState() && look.setAside == DataState())
        #expect(look.isDatabaseOpen == true)
        #expect(look.snapshotBytes == nil && !look.runDirectoryExists)
    }

    @Test("of a unit that is held, and of one whose hold systemd has not read")
    func held() throws {
        let held = try #require(Self.script.read(recorded("look-held"))).service
        #expect(held.activity == .stopped)
        #expect(held.isHeld(by: Sample.run.rawValue))
        #expect(!held.isHeld(by: Sample.otherRun.rawValue))
        let unread = try #require(Self.script.read(recorded("look-hold-unread"))).service
        #expect(unread.heldBy == Sample.run.rawValue)
        #expect(!unread.isHeld(by: Sample.run.rawValue))
    }

    @Test(
        "that ended too early is none at all",
        arguments: ["look-running", "look-held", "look-hold-unread"]
    )
    func truncated(name: String) throws {
        let output = try recorded(name)
        let lines = output.split(separator: "\n")
        for count in 0..<lines.count {
            #expect(Self.script.read(lines.prefix(count).joined(separator: "\n")) == nil)
        }
        #expect(Self.script.read(String(output.dropLast(3))) == nil)
        #expect(Self.script.read(output) != nil)
    }
}

@Suite("The look at a host, for real", .enabled(if: LocalHost.isRoot, LocalHost.reason))
struct RealObservationTests {
    @Test("shows nothing where nothing is")
    func nothing() throws {
        let host = try LocalHost()
        try FileManager.default.removeItem(atPath: host.paths.dataDir)
        let look = try host.look()
        #expect(!look.dataDirExists)
        #expect(look.lock == nil)
        for place in [look.data, look.staged, look.setAside, look.discarded] {
            #expect(place == DataState())
        }
        #expect(!look.isRestoreMarked && !look.hasForeignOwner && !look.runDirectoryExists)
        #expect(look.isDatabaseOpen == false)
        #expect(look.service.activity == .unknown)
    }

    @Test(
        "reads whose WAL it is from the newest segment, in every place",
        arguments: [false, true]
    )
    func identities(walDir: Bool) throws {
        let host = try LocalHost("it's\n\"one\" $HOME", walDir: walDir)
        let paths = host.paths
        func identity(_ number: UInt64) -> WALIdentity {
            WALIdentity(
                memberID: MemberID(rawValue: UInt64.max - number),
                clusterID: ClusterID(rawValue: 0x8000_0000_0000_0000 + number)
            )
        }
        let places: [(member: String, wal: String?)] = [
            (paths.member, paths.walDir), (paths.stagedMember, paths.stagedWAL),
            (paths.setAsideMember, paths.setAsideWAL),
            (paths.discardedMember, paths.discardedWAL),
        ]
        for (number, place) in places.enumerated() {
            let wal = place.wal ?? place.member + "/wal"
            try host.makeDirectory(place.member)
            try host.write(
                WALHead.bytes(identity(99)),
                to: wal + "/0000000000000000-0000000000000000.wal"
            )
            try host.write(
                WALHead.bytes(identity(UInt64(number))) + [UInt8](repeating: 7, count: 4096),
                to: wal + "/000000000000000a-0000000000000010.wal"
            )
            try host.write([0xFF], to: wal + "/1.tmp")
        }
        let look = try host.look()
        for (number, state) in [look.data, look.staged, look.setAside, look.discarded].enumerated()
        {
            #expect(
                state
                    == DataState(
                        hasMember: true,
                        hasSeparateWAL: walDir,
                        identity: identity(UInt64(number))
                    )
            )
        }
    }

    @Test("a WAL that is no WAL has no owner")
    func damagedWAL() throws {
        let host = try LocalHost()
        for bytes in [[], [0], Array(WALHead.bytes(Sample.old).dropLast(24)), Array("text".utf8)] {
            try host.write(bytes, to: host.paths.effectiveWAL + "/0-0.wal")
            let look = try host.look()
            #expect(look.data.hasMember)
            #expect(look.data.identity == nil)
        }
    }

    @Test("tells that a process has the database open, and that it has not any more")
    func openDatabase() throws {
        let host = try LocalHost("a b")
        try host.makeData("db", Sample.old)
        #expect(try host.look().isDatabaseOpen == false)
        let descriptor = open(host.paths.member + "/snap/db", O_RDWR | O_CLOEXEC)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(try host.look().isDatabaseOpen == true)
        // unlocked, not only closed: a shell that is being started may hold a copy for a moment
        #expect(flock(descriptor, LOCK_UN) == 0)
        close(descriptor)
        #expect(try host.look().isDatabaseOpen == false)
    }

    @Test("sees who owns what is staged, and a user that is not there at all")
    func owners() throws {
        let host = try LocalHost()
        try host.makeDirectory(host.paths.staging)
        try host.makeDirectory(host.paths.stagedMember)
        #expect(try host.look().hasForeignOwner)
        #expect(!(try lookAsRoot(host).hasForeignOwner))
        #expect(try host.look(user: "no-such-user").hasForeignOwner)
    }

    private func lookAsRoot(_ host: LocalHost) throws -> MemberObservation {
        let script = ObservationScript(
            paths: host.paths,
            user: "root",
            group: "root",
            manager: host.target.serviceManager
        )
        return try #require(script.read(try host.run(script.command).outputText))
    }

    @Test("a lock without a line end, or with nothing in it, is a lock all the same")
    func damagedLock() throws {
        let host = try LocalHost()
        try host.write(Array("run=\(Sample.otherRun)".utf8), to: host.paths.lock)
        var look = try host.look()
        #expect(look.lock?.run == Sample.otherRun.rawValue)
        #expect(look.lock?.since == "unknown")
        #expect(look.isDatabaseOpen == false, "the line after it was lost")
        try host.write([], to: host.paths.lock)
        look = try host.look()
        #expect(look.lock?.run == "unknown")
    }

    @Test("changes nothing")
    func readOnly() throws {
        let host = try LocalHost(walDir: true)
        try host.makeData("db", Sample.old)
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        let before = try host.listing()
        _ = try host.look()
        #expect(try host.listing() == before)
    }
}
