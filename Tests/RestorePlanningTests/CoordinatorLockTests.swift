import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// Two processes that have the same run: its state directory was copied.
@Suite("A lock of two coordinators", .enabled(if: LocalHost.isRoot, LocalHost.reason))
struct CoordinatorLockTests {
    private static func coordinator(_ word: String, pid: Int32 = 1) -> Operator {
        Operator(
            user: "ops",
            coordinator: "laptop-\(word)",
            session: CoordinatorSession(
                word: word,
                process: CoordinatorProcess(boot: "b", namespace: "pid:[1]", pid: pid, began: 7)
            )
        )
    }

    private let first = CoordinatorLockTests.coordinator("one")
    private let second = CoordinatorLockTests.coordinator("two", pid: 2)

    private func locked() throws -> LocalHost {
        let host = try LocalHost()
        let result = try perform(host, host.builder.takeLock(createDataDir: false), first)
        #expect(result.status == 0, "\(result.errorText)")
        return host
    }

    private func perform(
        _ host: LocalHost,
        _ effect: PlannedEffect,
        _ who: Operator,
        turn: Int = 0
    ) throws -> ShellProcess.Result {
        try host.run(effect.invocation(on: host.target, operator: who, turn: turn))
    }

    private func lock(_ host: LocalHost) throws -> HostLock? {
        LockScripts.lock(in: try host.run(LockScripts.question(host.target)).outputText)
    }

    private func adopt(_ host: LocalHost, isOver: Bool) throws -> ShellProcess.Result {
        let lock = try #require(try lock(host))
        return try host.run(
            LockScripts.adopt(lock, on: host.target, by: second, isOver: isOver)
        )
    }

    private func silence(_ host: LocalHost, _ seconds: Int) throws {
        let result = try host.run(
            RemoteCommand(["touch", "-d", "\(seconds) seconds ago", host.paths.lock])
        )
        #expect(result.status == 0)
    }

    @Test("names its coordinator, and both the look and the question read it")
    func names() throws {
        let host = try locked()
        let lock = try #require(try lock(host))
        #expect(lock.session == "one" && lock.process == first.session?.process)
        #expect(lock.coordinator == "laptop-one")
        #expect(try host.look().lock?.session == "one")
    }

    @Test("lets no effect of the other one begin, nor its lock or its hook")
    func refuses() throws {
        let host = try locked()
        for effect in [
            host.builder.saveSnapshot() ?? host.builder.setAsideData(), host.builder.setAsideData(),
            host.builder.releaseLock(), host.builder.takeLock(createDataDir: false),
        ] {
            let result = try perform(host, effect, second)
            #expect(result.status == PlannedEffect.lockLostStatus, "\(effect.kind)")
        }
        let hook = HookRun(hook: Hook(group: "members", command: ["touch", "ran"]), hosts: [])
        let result = try host.run(hook.invocation(on: host.target, operator: second, turn: 1))
        #expect(result.status == PlannedEffect.lockLostStatus)
        #expect(try host.run(LockScripts.holds(host.target, second)).status == 75)
        #expect(try host.run(LockScripts.holds(host.target, first)).status == 0)
        #expect(!host.exists(host.root.path + "/ran") && !host.exists("/ran"))
    }

    @Test("is taken over once it was silent for long, and then the first one is refused")
    func stale() throws {
        let host = try locked()
        #expect(try adopt(host, isOver: false).status == PlannedEffect.lockLostStatus)
        #expect(try lock(host)?.session == "one")
        try silence(host, HostLock.staleSeconds + 1)
        let result = try adopt(host, isOver: false)
        #expect(result.status == 0, "\(result.errorText)")
        let lock = try #require(try lock(host))
        #expect(lock.session == "two" && lock.coordinator == "laptop-two")
        #expect(lock.run == host.paths.run && !lock.isStale)
        #expect(try perform(host, host.builder.setAsideData(), first).status == 75)
        #expect(try perform(host, host.builder.releaseLock(), second).status == 0)
    }

    @Test("is taken over at once from one that is over")
    func over() throws {
        let host = try locked()
        #expect(try adopt(host, isOver: true).status == 0)
        #expect(try lock(host)?.session == "two")
    }

    @Test("is taken over with a journal that is behind, whose turns count from there")
    func behind() throws {
        let host = try locked()
        let save = host.builder.setAsideData()
        _ = try perform(host, save, first, turn: 150)
        #expect(try adopt(host, isOver: true).status == 0)
        let result = try perform(host, host.builder.releaseLock(), second, turn: 101)
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test("is taken over from one that is over although the host's clock went back")
    func clockWentBack() throws {
        let host = try locked()
        try silence(host, -3600)
        // a sign of life from the future is one from before the clock was set
        #expect(try #require(try lock(host)).silentSeconds ?? 0 > 3500)
        #expect(try adopt(host, isOver: true).status == 0)
        let other = try locked()
        try silence(other, -3600)
        #expect(try adopt(other, isOver: false).status == 0)
        let recent = try locked()
        try silence(recent, -5)
        #expect(try adopt(recent, isOver: false).status == PlannedEffect.lockLostStatus)
        #expect(try adopt(recent, isOver: true).status == 0)
    }

    /// The command where no byte can be written, as on a full disk.
    private func withoutRoom(_ command: RemoteCommand) -> RemoteCommand {
        var limited = command
        limited.words =
            ["sh", "-c", "ulimit -f 0; trap '' XFSZ; exec \"$@\"", "sh"].map { .text($0) }
            + command.words
        limited.endsWithConnection = false
        return limited
    }

    @Test("is taken over on a full disk, where it lies")
    func adoptedOnFullDisk() throws {
        let host = try locked()
        let program = host.root.path + "/bin/sync"
        let real = try #require(ProgramFolder.find("sync"))
        // the new file's block is refused when it is to be written out
        try? FileManager.default.removeItem(atPath: program)
        try ProgramFolder.write(
            "#!/bin/sh\ncase $* in *lock.*) exit 1 ;; esac\nexec \(real) \"$@\"\n",
            to: program
        )
        #expect(try adopt(host, isOver: true).status == 0)
        let lock = try #require(try lock(host))
        #expect(lock.session == "two" && lock.coordinator == "laptop-two")
        #expect(lock.run == host.paths.run)
        #expect(try host.look().lock?.session == "two")
        let result = try perform(host, host.builder.setAsideData(), first, turn: 1)
        #expect(result.status == PlannedEffect.lockLostStatus)
        #expect(try perform(host, host.builder.releaseLock(), second, turn: 1).status == 0)
        #expect(!FileManager.default.fileExists(atPath: host.paths.lock))
    }

    @Test("is not made on a full disk, and the next try makes it")
    func fullDisk() throws {
        let host = try LocalHost()
        let take = host.builder.takeLock(createDataDir: false)
        let command = take.invocation(on: host.target, operator: first)
        let result = try host.run(withoutRoom(command))
        #expect(result.status != 0)
        #expect(try lock(host) == nil)
        #expect(!FileManager.default.fileExists(atPath: host.paths.lock))
        #expect(try host.run(command).status == 0)
        #expect(try lock(host)?.session == "one")
    }

    @Test("ends the try before, of a command that is repeated at its turn")
    func repeats() throws {
        let host = try locked()
        let hook = HookRun(hook: Hook(group: "members", command: ["true"]), hosts: [])
        let holder = Process()
        holder.executableURL = URL(filePath: "/bin/sh")
        holder.currentDirectoryURL = URL(filePath: host.paths.root)
        holder.arguments = ["-c", "exec 9>>busy; flock 9; exec sleep 60"]
        try holder.run()
        defer { holder.terminate() }
        usleep(300_000)
        let busy = FileHandle(forWritingAtPath: "\(host.paths.root)/busy")
        try busy?.write(contentsOf: Data("\(host.paths.run) 000000000007\n".utf8))
        let result = try host.run(hook.invocation(on: host.target, operator: first, turn: 7))
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test("of an older version, without a session, is read, and taken over once it is silent")
    func old() throws {
        let host = try LocalHost()
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        #expect(try lock(host)?.session == nil)
        #expect(try adopt(host, isOver: false).status == PlannedEffect.lockLostStatus)
        try silence(host, HostLock.staleSeconds + 1)
        #expect(try adopt(host, isOver: false).status == 0)
        #expect(try lock(host)?.session == "two")
    }

    @Test("is looked at again behind an earlier command that was waited for")
    func lookedAtAgain() throws {
        let host = try locked()
        let busy = ShellQuoting.quoted(host.paths.busy)
        let lock = ShellQuoting.quoted(host.paths.lock)
        let earlier = try host.start(
            .script(
                "exec 9>>\(busy); flock 9; touch held; sleep 2; sed -i s/^session=.*/session=two/ \(lock)"
            )
        )
        while !host.exists(host.root.path + "/held") { usleep(20_000) }
        let result = try perform(host, host.builder.setAsideData(), first)
        #expect(result.status == PlannedEffect.lockLostStatus, "\(result.errorText)")
        _ = try earlier.finish()
    }

    @Test("keeps an upload's watchdog, whose last sleep outlives it, off the channel")
    func watchdog() throws {
        let host = try locked()
        let seen = host.root.path + "/seen"
        // the sleep says what it holds; the copy waits for it
        try host.writeProgram(
            "readlink /proc/$$/fd/* >\(seen).new; mv \(seen).new \(seen); exec /bin/sleep \"$@\"",
            to: host.root.path + "/bin/sleep"
        )
        try host.writeProgram(
            "while [ ! -e \(seen) ]; do /bin/sleep 0.02; done; exec /bin/cat",
            to: host.root.path + "/bin/cat"
        )
        let upload = host.builder.uploadSnapshot(Sample.proof)
        _ = try host.run(upload.invocation(on: host.target, operator: first, turn: 1))
        let held = try host.text(seen).split(separator: "\n")
        // a shell process writes the channel's two outputs to files of these names
        #expect(!held.isEmpty && !held.contains { $0.hasSuffix("/out") || $0.hasSuffix("/err") })
    }

    @Test("ends a command that hangs on a cut connection, and names it to a person")
    func endsHolder() throws {
        let host = try locked()
        // a turn was taken by a command that then hangs
        #expect(try perform(host, host.builder.stopService(), first, turn: 5).status == 0)
        let busy = ShellQuoting.quoted(host.paths.busy)
        let hanging = try host.start(
            .script("exec 9>>\(busy); flock 9; touch held; exec sleep 600")
        )
        while !host.exists(host.root.path + "/held") { usleep(20_000) }
        let named = try perform(host, host.builder.stopService(), first, turn: 0)
        #expect(named.status == PlannedEffect.busyStatus)
        #expect(named.errorText.contains("(sleep) for"))
        #expect(named.errorText.contains("last heard"))
        #expect(try perform(host, host.builder.stopService(), first, turn: 6).status == 0)
        _ = try hanging.finish()
    }

    @Test(
        "is another's unless the words are the same; who may have it, its process and its silence tell",
        arguments: [nil, true, false] as [Bool?],
        [0, HostLock.staleSeconds]
    )
    func tenure(isOver: Bool?, silent: Int) {
        var lock = HostLock(
            run: "r",
            operator: "o",
            coordinator: "c",
            since: "s",
            silentSeconds: silent,
            session: "one",
            process: first.session?.process
        )
        func tenure(_ lock: HostLock?, _ who: Operator) -> LockTenure {
            LockTenure(lock, run: "r", for: who) { _ in isOver }
        }
        #expect(tenure(nil, second) == .notOurs)
        #expect(tenure(lock, first) == .ours)
        let expected: LockTenure =
            switch isOver {
            case true?: .over
            case false?: .alive
            case nil: silent == 0 ? .open : .silent
            }
        #expect(tenure(lock, second) == expected)
        #expect(expected.mayAdopt == (isOver == true || isOver == nil && silent > 0))
        // an earlier session of this very process
        #expect(tenure(lock, Self.coordinator("later")) == .over)
        lock.process = nil
        #expect(tenure(lock, second) == (silent == 0 ? .open : .silent))
        lock.run = "other"
        #expect(tenure(lock, second) == .notOurs)
    }
}
