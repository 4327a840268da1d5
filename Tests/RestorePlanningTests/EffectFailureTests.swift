import EtcdModel
import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@Suite("Effects that fail, for real", .enabled(if: LocalHost.isRoot, LocalHost.reason))
struct EffectFailureTests {
    static let snapshot = EffectExecutionTests.snapshot

    private func lockedHost(_ name: String = "data", walDir: Bool = false) throws -> LocalHost {
        let host = try LocalHost(name, walDir: walDir)
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        return host
    }

    @Test(
        "a copy that is not the snapshot never gets its name",
        arguments: ["truncated", "longer", "other bytes", "nothing"]
    )
    func badUpload(what: String) throws {
        let host = try lockedHost()
        let proof = try EffectExecutionTests.proof(of: Self.snapshot, on: host)
        let bytes: [UInt8] =
            switch what {
            case "truncated": Array(Self.snapshot.dropLast())
            case "longer": Self.snapshot + [0]
            case "other bytes": Self.snapshot.reversed()
            default: []
            }
        let result = try host.perform(host.builder.uploadSnapshot(proof), input: bytes)
        #expect(result.status == 65)
        #expect(result.errorText.contains("got \(bytes.count) bytes with SHA-256"))
        #expect(result.errorText.contains("want \(proof.bytes) bytes with \(proof.sha256)"))
        #expect(!host.exists(host.paths.snapshot))
        #expect(try host.look().snapshotBytes == nil)
        // a further try takes the place of the bad copy
        try host.mustPerform(host.builder.uploadSnapshot(proof), input: Self.snapshot)
        #expect(try host.text(host.paths.snapshot).utf8.elementsEqual(Self.snapshot))
    }

    @Test("openssl and sha256sum prove the same", .enabled(if: hasOpenSSL, "needs openssl"))
    func digestTools() throws {
        let host = try lockedHost()
        let proof = try EffectExecutionTests.proof(of: Self.snapshot, on: host)
        var target = host.target
        target.tools.digest = .openssl
        let effect = EffectBuilder(target).uploadSnapshot(proof)
        #expect(effect.commands.joined().joined().contains("openssl dgst"))
        try host.mustPerform(effect, input: Self.snapshot)
        #expect(try host.perform(effect, input: [1]).status == 65)
    }

    static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    @Test("a rename overwrites nothing, and says so", arguments: [false, true])
    func renames(walDir: Bool) throws {
        let host = try lockedHost(walDir: walDir)
        let paths = host.paths
        var moves: [(effect: PlannedEffect, from: String, to: String)] = [
            (host.builder.setAsideData(), paths.member, paths.setAsideMember),
            (host.builder.installData(), paths.stagedMember, paths.member),
            (host.builder.discardData(), paths.member, paths.discardedMember),
            (host.builder.putBackData(), paths.setAsideMember, paths.member),
        ]
        if walDir {
            moves += [
                try #require(move(host.builder.setAsideWAL(), paths.walDir, paths.setAsideWAL)),
                try #require(move(host.builder.installWAL(), paths.stagedWAL, paths.walDir)),
                try #require(move(host.builder.discardWAL(), paths.walDir, paths.discardedWAL)),
                try #require(move(host.builder.putBackWAL(), paths.setAsideWAL, paths.walDir)),
            ]
        }
        for move in moves {
            try host.write(Array("from".utf8), to: move.from + "/it")
            try host.mustPerform(move.effect)
            #expect(try host.text(move.to + "/it") == "from")
            #expect(!host.exists(move.from))
            // a second time, as after a crash that nobody saw the end of
            let before = try host.listing()
            #expect(try host.perform(move.effect).status != 0)
            #expect(try host.listing() == before)
            // and with something at both ends
            try host.write(Array("more".utf8), to: move.from + "/it")
            let refused = try host.perform(move.effect)
            #expect(refused.status == 1)
            #expect(refused.errorText.contains("rekindle: exit 1 of: "))
            #expect(refused.errorText.contains("test "))
            #expect(try host.text(move.to + "/it") == "from")
            #expect(try host.text(move.from + "/it") == "more")
            for path in [move.from, move.to] { try FileManager.default.removeItem(atPath: path) }
        }
    }

    private func move(
        _ effect: PlannedEffect?,
        _ from: String?,
        _ to: String?
    ) -> (effect: PlannedEffect, from: String, to: String)? {
        guard let effect, let from, let to else { return nil }
        return (effect, from, to)
    }

    @Test("a dangling link in the way is no free place")
    func danglingLink() throws {
        let host = try lockedHost()
        try host.write([1], to: host.paths.stagedMember + "/it")
        try FileManager.default.createSymbolicLink(
            atPath: host.paths.member,
            withDestinationPath: "/nowhere/at/all"
        )
        #expect(try host.perform(host.builder.installData()).status != 0)
        #expect(host.exists(host.paths.stagedMember + "/it"))
        #expect(try host.look().data.hasMember)
    }

    @Test("a restore that fails leaves no marker, and the next try begins afresh")
    func failedRestore() throws {
        let host = try lockedHost(walDir: true)
        let proof = try EffectExecutionTests.proof(of: Self.snapshot, on: host)
        try host.mustPerform(host.builder.uploadSnapshot(proof), input: Self.snapshot)
        // as an earlier, whole restore would have left it
        try host.write([], to: host.paths.restoredMarker)
        try host.write([], to: host.paths.runDirectory + "/fail")
        let result = try host.perform(host.builder.restoreSnapshot(host.topology, proof))
        #expect(result.status == 1)
        #expect(result.errorText.contains("expected sha256"))
        #expect(result.errorText.contains("/snapshot.db"))
        var look = try host.look()
        #expect(look.staged.hasMember, "the tool leaves half a restore behind")
        #expect(!look.isRestoreMarked)
        #expect(look.snapshotBytes == proof.bytes, "the copy was not at fault, and stays")
        try FileManager.default.removeItem(atPath: host.paths.runDirectory + "/fail")
        try host.mustPerform(host.builder.restoreSnapshot(host.topology, proof))
        look = try host.look()
        #expect(look.isRestoreMarked)
        #expect(look.staged.identity == host.restored)
    }

    @Test(
        "a copy that the disk has changed is taken away when the tool refuses it, to be sent again"
    )
    func changedCopy() throws {
        let host = try lockedHost()
        let proof = try EffectExecutionTests.proof(of: Self.snapshot, on: host)
        try host.mustPerform(host.builder.uploadSnapshot(proof), input: Self.snapshot)
        var changed = Self.snapshot
        changed[0] ^= 1
        try host.write(changed, to: host.paths.snapshot)
        try host.write([], to: host.paths.runDirectory + "/fail")
        let result = try host.perform(host.builder.restoreSnapshot(host.topology, proof))
        #expect(result.status == 1)
        #expect(result.errorText.contains("a resume sends it again"))
        #expect(try host.look().snapshotBytes == nil)
    }

    @Test("a data directory that has to be made can be reached by etcd's user")
    func missingDataDirectory() throws {
        let host = try LocalHost("a/b/data", walDir: true)
        try FileManager.default.removeItem(atPath: host.root.path + "/disk")
        try host.mustPerform(host.builder.takeLock(createDataDir: true))
        #expect(try host.mode(host.root.path + "/disk/a/b") == "755 root")
        #expect(try host.mode(host.paths.dataDir) == "700 nobody")
        #expect(try host.mode(host.paths.root) == "700 root")
        let proof = try EffectExecutionTests.proof(of: Self.snapshot, on: host)
        try host.mustPerform(host.builder.uploadSnapshot(proof), input: Self.snapshot)
        try host.mustPerform(host.builder.restoreSnapshot(host.topology, Sample.proof))
        try host.mustPerform(host.builder.setOwnership())
        try host.mustPerform(host.builder.installWAL())
        try host.mustPerform(host.builder.installData())
        #expect(try host.mode(host.root.path + "/wal disk/a/b") == "755 root")
        let asUser = try host.run(
            RemoteCommand([
                "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "cat",
                host.paths.member + "/snap/db", host.paths.effectiveWAL + "/../data wal/.",
            ])
        )
        #expect(asUser.outputText.utf8.elementsEqual(Self.snapshot), "\(asUser.errorText)")
    }

    @Test("deleting a run's directory deletes only that run's")
    func deletesOwn() throws {
        let host = try lockedHost(walDir: true)
        let other = host.target(of: Sample.otherRun).paths
        try host.makeData("new", host.restored)
        for path in [
            host.paths.setAsideMember, host.paths.setAsideWAL, other.setAsideMember,
            other.setAsideWAL,
        ] { try host.write([1], to: try #require(path) + "/it") }
        try host.mustPerform(host.builder.deleteRunDirectory())
        try host.mustPerform(host.builder.releaseLock())
        #expect(!host.exists(host.paths.runDirectory))
        #expect(!host.exists(try #require(host.paths.walRunDirectory)))
        #expect(!host.exists(host.paths.lock))
        #expect(host.exists(other.setAsideMember + "/it"))
        #expect(host.exists(try #require(other.setAsideWAL) + "/it"))
        #expect(try host.text(host.paths.member + "/snap/db") == "new")
    }

    @Test("the first command that fails ends the effect, and is named on one line")
    func firstFailure() throws {
        let host = try lockedHost("a\nb")
        let effect = PlannedEffect(
            kind: .setOwnership,
            member: "etcd-1",
            summary: "",
            commands: [
                ["true"], ["sh", "-c", "echo said >&2; exit 42", host.paths.dataDir],
                ["touch", "after"],
            ]
        )
        let result = try host.perform(effect)
        #expect(result.status == 42)
        let lines = result.errorText.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first == "said")
        #expect(lines.last == "rekindle: exit 42 of: sh -c '…'")
        #expect(!host.exists(host.root.path + "/after"))
    }

    @Test("an operator's name with a line end in it cannot forge a lock")
    func forgedLock() throws {
        let host = try LocalHost()
        let effect = host.builder.takeLock(createDataDir: false)
        let forger = Operator(user: "me\nrun=\(Sample.otherRun)", coordinator: "c\nsince=never")
        let result = try host.run(effect.invocation(on: host.target, operator: forger))
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try host.look().lock?.run == Sample.run.rawValue)
        #expect(try host.look().lock?.since != "never")
        let other = host.target(of: Sample.otherRun)
        let moved = try host.perform(EffectBuilder(other).setAsideData(), as: other)
        #expect(moved.status == PlannedEffect.lockLostStatus)
    }
}
