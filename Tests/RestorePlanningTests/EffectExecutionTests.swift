import EtcdModel
import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@Suite("Effects, run for real", .enabled(if: LocalHost.isRoot, LocalHost.reason))
struct EffectExecutionTests {
    /// Names that a shell, a tool's option parser or a line reader would trip over.
    static let oddNames = [
        "plain", "two words", "it's", "a \"b\" c", "$HOME", "`id`", "-rf", "a;b&c|d", "*",
        "new\nline", "grüße-日本", "\\n", "#x", "%s%n",
    ]

    static let snapshot = Array("the bytes of a snapshot".utf8)

    /// The digest as this machine's own tool computes it.
    static func proof(of bytes: [UInt8], on host: LocalHost) throws -> SnapshotProof {
        let result = try host.run(RemoteCommand(["sha256sum"]), input: bytes)
        var proof = Sample.proof
        proof.bytes = UInt64(bytes.count)
        proof.sha256 = String(result.outputText.prefix(64))
        return proof
    }

    @Test("a whole restore, its rollback and its clean, whatever the directories are called")
    func wholeWay() throws {
        for name in Self.oddNames {
            for walDir in [false, true] { try wholeWay(LocalHost(name, walDir: walDir)) }
        }
    }

    private func wholeWay(_ host: LocalHost) throws {
        let old = Sample.old
        let proof = try Self.proof(of: Self.snapshot, on: host)
        try host.makeData("old", old)
        let before = try host.listing()
        let builder = host.builder

        try host.mustPerform(builder.takeLock(createDataDir: false))
        #expect(try host.mode(host.paths.root) == "700 root")
        #expect(try host.mode(host.paths.runDirectory) == "700 root")
        #expect(try host.mode(host.paths.lock) == "600 root")
        var look = try host.look()
        #expect(look.lock?.run == host.paths.run)
        #expect(look.lock?.operator == "ops")
        #expect(look.lock?.coordinator == "laptop")
        #expect(look.data == state(host, old))
        #expect(look.runDirectoryExists)

        try host.mustPerform(builder.uploadSnapshot(proof), input: Self.snapshot)
        #expect(try host.mode(host.paths.snapshot) == "600 root")
        #expect(try host.look().snapshotBytes == proof.bytes)

        try host.mustPerform(builder.setAsideData())
        if let effect = builder.setAsideWAL() { try host.mustPerform(effect) }
        look = try host.look()
        #expect(look.data == DataState())
        #expect(look.setAside == state(host, old))
        #expect(try host.text(host.paths.setAsideMember + "/snap/db") == "old")

        try host.mustPerform(builder.restoreSnapshot(host.topology, Sample.proof))
        look = try host.look()
        #expect(look.staged == state(host, host.restored))
        #expect(look.isRestoreMarked)
        #expect(look.hasForeignOwner)
        try host.mustPerform(builder.setOwnership())
        look = try host.look()
        #expect(!look.hasForeignOwner)
        #expect(try host.mode(host.paths.stagedMember + "/snap/db") == "600 nobody")

        if let effect = builder.installWAL() { try host.mustPerform(effect) }
        try host.mustPerform(builder.installData())
        look = try host.look()
        #expect(look.data == state(host, host.restored))
        #expect(!look.staged.hasMember && !look.staged.hasSeparateWAL)
        #expect(try host.text(host.paths.member + "/snap/db").utf8.elementsEqual(Self.snapshot))

        try host.mustPerform(builder.discardData())
        if let effect = builder.discardWAL() { try host.mustPerform(effect) }
        #expect(try host.look().discarded == state(host, host.restored))
        if let effect = builder.putBackWAL() { try host.mustPerform(effect) }
        try host.mustPerform(builder.putBackData())
        #expect(try host.look().data == state(host, old))

        try host.mustPerform(builder.removeSnapshotCopy())
        #expect(try host.look().snapshotBytes == nil)
        try host.mustPerform(builder.deleteRunDirectory())
        try host.mustPerform(builder.releaseLock())
        #expect(try host.listing() == before, "a trace is left")
        #expect(try host.text(host.paths.member + "/snap/db") == "old")
    }

    private func state(_ host: LocalHost, _ identity: WALIdentity) -> DataState {
        DataState(
            hasMember: true,
            hasSeparateWAL: host.paths.walDir != nil,
            identity: identity
        )
    }

    @Test("of two runs that reach for the lock at once, one gets it and the other is told by whom")
    func lockRace() throws {
        for _ in 0..<10 {
            let host = try LocalHost()
            let runs = (0..<4).map { Sample.runID("20261122T16451\($0)Z-3fa9c1") }
            let processes = try runs.map { run in
                let target = host.target(of: run)
                return try host.start(
                    EffectBuilder(target).takeLock(createDataDir: false)
                        .invocation(on: target, operator: Sample.operator1)
                )
            }
            let results = try processes.map { try $0.finish() }
            let winners = zip(runs, results).filter { $0.1.status == 0 }
            #expect(winners.count == 1, "\(results.map(\.errorText))")
            let holder = try #require(winners.first?.0)
            #expect(try host.look().lock?.run == holder.rawValue)
            for result in results where result.status != 0 {
                #expect(result.status == PlannedEffect.lockLostStatus)
                #expect(result.errorText.contains("run=\(holder)"))
                #expect(result.errorText.contains("operator=ops"))
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: host.paths.root)
                    .allSatisfy { !$0.hasPrefix("lock.") }
            )
        }
    }

    @Test("taking the lock again changes nothing")
    func lockTwice() throws {
        let host = try LocalHost()
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        let text = try host.text(host.paths.lock)
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        #expect(try host.text(host.paths.lock) == text)
    }

    @Test("no effect runs where the lock is another's, or nobody's", arguments: [true, false])
    func lockLost(isTaken: Bool) throws {
        let host = try LocalHost(walDir: true)
        try host.makeData("old", Sample.old)
        if isTaken {
            let other = host.target(of: Sample.otherRun)
            let lock = EffectBuilder(other).takeLock(createDataDir: false)
            #expect(try host.perform(lock, as: other).status == 0)
        }
        let before = try host.listing()
        let plan = Sample.plan(members: 1)
        for kind in EffectKind.allCases where kind != .takeLock {
            // the service effects write outside of the tree: the guard is all that may run of them
            var target = host.target
            target.scratch = Sample.drill().targets[0].scratch
            let effect = EffectCommandTests.effect(kind, EffectBuilder(target), plan)
            let result = try host.perform(effect, input: Self.snapshot)
            #expect(result.status == PlannedEffect.lockLostStatus, "\(kind): \(result.errorText)")
            #expect(result.errorText.contains("is not this run's"))
        }
        #expect(try host.listing() == before)
    }

    @Test("no effect runs while an earlier command of the run is still at work")
    func busy() throws {
        let host = try LocalHost()
        try host.makeData("old", Sample.old)
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        // as a command whose connection is gone: it ends once the file is there
        let busy = ShellQuoting.quoted(host.paths.busy)
        let holder = try host.start(
            .script("exec 9>>\(busy); flock 9; touch held; while [ ! -e go ]; do sleep 0.1; done")
        )
        while !host.exists(host.root.path + "/held") { usleep(20_000) }
        let refused = try host.perform(host.builder.setAsideData())
        #expect(refused.status == PlannedEffect.busyStatus)
        #expect(refused.errorText.contains("still at work"))
        #expect(host.exists(host.paths.member))
        try host.write([], to: host.root.path + "/go")
        _ = try holder.finish()
        try host.mustPerform(host.builder.setAsideData())
    }
}
