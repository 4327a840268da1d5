import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// What etcd's user can do in its own data directory: rename what is there, and put something in its place.
@Suite("Root in etcd's directories", .enabled(if: LocalHost.isRoot, LocalHost.reason))
struct WorkDirectoryTests {
    private static let secret = "root's own\n"

    /// A host with something of root's that must stay as it is.
    private func host(walDir: Bool = false) throws -> LocalHost {
        let host = try LocalHost(walDir: walDir)
        try host.write(Array(Self.secret.utf8), to: host.root.path + "/etc/passwd")
        try host.makeDirectory(host.root.path + "/root")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700],
            ofItemAtPath: host.root.path + "/root"
        )
        return host
    }

    private func expectUntouched(
        _ host: LocalHost,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outside = try ["etc", "root"].flatMap {
            try FileManager.default.subpathsOfDirectory(atPath: "\(host.root.path)/\($0)")
        }
        #expect(outside == ["passwd"], sourceLocation: sourceLocation)
        #expect(
            try host.text(host.root.path + "/etc/passwd") == Self.secret,
            sourceLocation: sourceLocation
        )
    }

    private func link(_ host: LocalHost, _ path: String, to goal: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: path,
            withDestinationPath: host.root.path + goal
        )
    }

    private func expectRefused(_ host: LocalHost, _ effect: PlannedEffect?) throws {
        let result = try host.perform(effect)
        #expect(result.status == WorkDirectory.foreignStatus, "\(result.errorText)")
        #expect(result.errorText.contains("is no directory of root's alone"))
        let look = try host.look()
        #expect(look.foreign != nil)
        #expect(look.lock == nil && !look.runDirectoryExists && look.snapshotBytes == nil)
        for kind in EffectKind.allCases {
            let standing = look.standing(
                of: kind,
                target: host.target,
                restored: host.restored,
                snapshotBytes: 1
            )
            guard case .refused(let refusal) = standing else {
                Issue.record("\(kind) is \(standing)")
                continue
            }
            #expect(refusal.fact.contains(".rekindle") && !refusal.hint.isEmpty)
        }
        try expectUntouched(host)
    }

    @Test(
        "refuses a link in the place of its directory, before the run",
        arguments: ["/root", "/etc", "/no"]
    )
    func linkBefore(goal: String) throws {
        let host = try host()
        try link(host, host.paths.root, to: goal)
        try expectRefused(host, host.builder.takeLock(createDataDir: false))
    }

    @Test("refuses a directory of etcd's user with links in it", arguments: ["busy", "lock"])
    func foreignDirectory(name: String) throws {
        let host = try host()
        try host.makeDirectory(host.paths.root)
        try link(host, "\(host.paths.root)/\(name)", to: "/etc/passwd")
        _ = try host.run(RemoteCommand(["chown", "-h", "nobody", host.paths.root]))
        try expectRefused(host, host.builder.takeLock(createDataDir: false))
    }

    @Test("refuses a directory that others may write to")
    func openDirectory() throws {
        let host = try host()
        try host.makeDirectory(host.paths.root)
        _ = try host.run(RemoteCommand(["chmod", "0770", host.paths.root]))
        try expectRefused(host, host.builder.takeLock(createDataDir: false))
    }

    @Test(
        "refuses what has taken its directory's place in the middle of the run",
        arguments: [true, false]
    )
    func inTheMiddle(isLink: Bool) throws {
        let host = try host()
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        try FileManager.default.moveItem(
            atPath: host.paths.root,
            toPath: host.paths.dataDir + "/mine"
        )
        if isLink {
            // the true one by another name
            try FileManager.default.createSymbolicLink(
                atPath: host.paths.root,
                withDestinationPath: "mine"
            )
        } else {
            try host.makeDirectory(host.paths.runDirectory)
            try link(host, host.paths.partialSnapshot, to: "/etc/passwd")
            _ = try host.run(
                RemoteCommand(["cp", host.paths.dataDir + "/mine/lock", host.paths.lock])
            )
            _ = try host.run(RemoteCommand(["chown", "-hR", "nobody", host.paths.root]))
        }
        let effects = [
            host.builder.uploadSnapshot(Sample.proof), host.builder.setAsideData(),
            host.builder.setOwnership(), host.builder.removeSnapshotCopy(),
            host.builder.deleteRunDirectory(), host.builder.releaseLock(),
        ]
        for effect in effects { try expectRefused(host, effect) }
        #expect(
            try host.run(PartialCopy.question(host.target)).status == WorkDirectory.foreignStatus
        )
        #expect(host.exists(host.paths.dataDir + "/mine/lock"))
    }

    @Test("refuses a link in the place of the WAL's directory")
    func twin() throws {
        let host = try host(walDir: true)
        try host.makeData("old", try #require(Worlds.old))
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        let twin = try #require(host.paths.walRunDirectory)
        try link(host, twin, to: "/root")
        let before = try host.listing()
        let result = try host.perform(host.builder.setAsideWAL())
        #expect(result.status == WorkDirectory.foreignStatus, "\(result.errorText)")
        // every command leaves its turn in `busy`
        #expect(try host.listing().filter { !$0.hasSuffix("/busy") } == before)
        #expect(try host.look().foreign?.contains(twin) == true)
        try expectUntouched(host)
    }

    @Test("gives no file away that a link in the restored data points to")
    func ownership() throws {
        let host = try host()
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        try host.makeDirectory(host.paths.stagedMember)
        try link(host, host.paths.stagedMember + "/link", to: "/etc/passwd")
        try host.mustPerform(host.builder.setOwnership())
        #expect(try host.mode(host.root.path + "/etc/passwd").hasSuffix(" root"))
        #expect(try host.mode(host.paths.stagedMember).hasSuffix(" nobody"))
    }
}
