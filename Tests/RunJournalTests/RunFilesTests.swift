import Glibc
import RunJournal
import Testing

@Suite("Journal: files of a run")
struct RunFilesTests {
    @Test("begins a journal for this user alone, goes on with it, and reads it while it is written")
    func beginAndReopen() async throws {
        let temporary = try TemporaryDirectory()
        let state = try StateDirectory(makingAt: "\(temporary.path)/a/b")
        let run = try state.create("r1")
        do {
            let writer = try run.beginJournal(TestEvent.self, lock: try RunLock(run))
            try await writer.append(.note("one"))
            #expect(try run.readJournal(TestEvent.self).records.map(\.event) == [.note("one")])
        }
        let (writer, contents) = try run.reopenJournal(TestEvent.self, lock: try RunLock(run))
        #expect(contents.records.map(\.event) == [.note("one")])
        #expect(try await writer.append(.note("two")).seq == 2)
        #expect(
            try run.readJournal(TestEvent.self).records.map(\.event) == [
                .note("one"), .note("two"),
            ]
        )
        #expect(TemporaryDirectory.mode(of: run.journalPath) == 0o600)
        #expect(TemporaryDirectory.mode(of: run.path) == 0o700)
        #expect(TemporaryDirectory.mode(of: "\(temporary.path)/a") == 0o700)
        #expect(try TemporaryDirectory.names(in: run.path) == ["journal.jsonl", "lock"])
    }

    @Test("does not begin a journal twice")
    func beginTwice() throws {
        let temporary = try TemporaryDirectory()
        let run = try StateDirectory(makingAt: temporary.path).create("r1")
        do { _ = try run.beginJournal(TestEvent.self, lock: try RunLock(run)) }
        let failure = #expect(throws: SystemFailure.self) {
            _ = try run.beginJournal(TestEvent.self, lock: try RunLock(run))
        }
        #expect(failure?.code == EEXIST)
    }

    @Test("keeps a torn line beside the journal before it goes on, each in a file of its own")
    func torn() async throws {
        let temporary = try TemporaryDirectory()
        let run = try StateDirectory(makingAt: temporary.path).create(Fixture.run)
        try TemporaryDirectory.write(try Fixture.bytes("torn"), to: run.journalPath)
        do {
            let (writer, contents) = try run.reopenJournal(
                TestEvent.self,
                lock: try RunLock(run)
            )
            #expect(contents.records.count == 3)
            try await writer.append(Fixture.events[3].event)
        }
        let whole = try TemporaryDirectory.read(run.journalPath)
        try TemporaryDirectory.write(whole + Array("{\"seq\"".utf8), to: run.journalPath)
        do {
            let (_, contents) = try run.reopenJournal(TestEvent.self, lock: try RunLock(run))
            #expect(contents.records.map(\.event) == Fixture.events.map(\.event))
        }
        #expect(try TemporaryDirectory.read(run.journalPath) == whole)
        let first = try TemporaryDirectory.read("\(run.path)/journal.torn-1")
        #expect(try Fixture.bytes("torn").suffix(first.count) == first[...])
        #expect(first.count == 100)
        #expect(
            try TemporaryDirectory.read("\(run.path)/journal.torn-2") == Array("{\"seq\"".utf8)
        )
    }

    @Test("leaves a journal that is not as it was written untouched")
    func faulty() throws {
        let temporary = try TemporaryDirectory()
        let run = try StateDirectory(makingAt: temporary.path).create(Fixture.run)
        let bytes = try Fixture.bytes("flipped")
        try TemporaryDirectory.write(bytes, to: run.journalPath)
        let fault = #expect(throws: JournalFault.self) {
            _ = try run.reopenJournal(TestEvent.self, lock: try RunLock(run))
        }
        #expect(fault?.problem == .wrongHash)
        #expect(try TemporaryDirectory.read(run.journalPath) == bytes)
        #expect(try run.salvageJournal(TestEvent.self).contents?.records.count == 1)
    }

    @Test("does not take another run's journal for this one's")
    func otherRun() throws {
        let temporary = try TemporaryDirectory()
        let run = try StateDirectory(makingAt: temporary.path).create(Fixture.run)
        try TemporaryDirectory.write(try Fixture.bytes("other-run"), to: run.journalPath)
        let fault = #expect(throws: JournalFault.self) { _ = try run.readJournal(TestEvent.self) }
        #expect(fault?.problem == .otherRun("20200101T000000Z-test-0000"))
    }

    @Test("a run is driven by one coordinator, and the other is told by which process")
    func lock() throws {
        let temporary = try TemporaryDirectory()
        let run = try StateDirectory(makingAt: temporary.path).create("r1")
        do {
            let held = try RunLock(run)
            let refusal = #expect(throws: RunLockHeld.self) { _ = try RunLock(run) }
            #expect(refusal == RunLockHeld(run: "r1", pid: getpid()))
            #expect(
                refusal?.description
                    == "this machine: run r1 is being driven by another process, pid \(getpid())"
            )
            withExtendedLifetime(held) {}
        }
        _ = try RunLock(run)
    }

    @Test("a run is let go of even while a child that is being started has the lock's file as well")
    func lockOfChild() throws {
        let temporary = try TemporaryDirectory()
        let run = try StateDirectory(makingAt: temporary.path).create("r1")
        var copies: [Int32] = []
        do {
            let held = try RunLock(run)
            // between fork and exec a child has all files of its parent
            for descriptor in Int32(3)..<256 {
                var name = [CChar](repeating: 0, count: 4096)
                let count = readlink("/proc/self/fd/\(descriptor)", &name, name.count - 1)
                let path = name.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
                if String(decoding: path, as: UTF8.self) == "\(run.path)/lock" {
                    copies.append(dup(descriptor))
                }
            }
            withExtendedLifetime(held) {}
        }
        #expect(!copies.isEmpty)
        _ = try RunLock(run)
        for copy in copies { close(copy) }
    }

    @Test("the writer holds the lock as long as it lives")
    func writerHoldsLock() async throws {
        let temporary = try TemporaryDirectory()
        let run = try StateDirectory(makingAt: temporary.path).create("r1")
        do {
            let writer = try run.beginJournal(TestEvent.self, lock: try RunLock(run))
            #expect(throws: RunLockHeld.self) { _ = try RunLock(run) }
            try await writer.append(.note("still mine"))
        }
        do {
            let (writer, _) = try run.reopenJournal(TestEvent.self, lock: try RunLock(run))
            #expect(throws: RunLockHeld.self) { _ = try RunLock(run) }
            try await writer.append(.note("mine again"))
        }
        _ = try RunLock(run)
    }

    @Test("puts a file in place whole, for this user alone, and leaves nothing beside it")
    func atomicFile() throws {
        let temporary = try TemporaryDirectory()
        let path = "\(temporary.path)/plan.json"
        try AtomicFile.write(Array("one".utf8), to: path)
        try AtomicFile.write(Array("two".utf8), to: path)
        #expect(try TemporaryDirectory.read(path) == Array("two".utf8))
        #expect(TemporaryDirectory.mode(of: path) == 0o600)
        #expect(try TemporaryDirectory.names(in: temporary.path) == ["plan.json"])
    }

    @Test("leaves the old file, and no other, where a new one cannot be put in place")
    func atomicFileFailure() throws {
        let temporary = try TemporaryDirectory()
        let path = "\(temporary.path)/plan.json"
        // A directory that is not empty cannot be replaced by a file, not even by root.
        try AtomicFile.write([], to: path)
        unlink(path)
        mkdir(path, 0o700)
        let failure = #expect(throws: SystemFailure.self) { try AtomicFile.write([1], to: path) }
        #expect(failure?.code == EISDIR)
        #expect(try TemporaryDirectory.names(in: temporary.path) == ["plan.json"])
        #expect(throws: SystemFailure.self) {
            try AtomicFile.write([1], to: "\(temporary.path)/missing/plan.json")
        }
    }

    @Test(
        "says what failed on this machine and what to do, by the error number",
        arguments: [
            (ENOSPC, "no space left on device", "free space there"),
            (EROFS, "read-only file system", "mounted read-only"),
            (EACCES, "permission denied", "run as the user that owns it"),
            (EIO, "input/output error", "the disk failed"),
        ]
    )
    func systemFailure(_ code: Int32, reason: String, hint: String) {
        let failure = SystemFailure("write", "/s/journal.jsonl", code: code)
        #expect(failure.description == "this machine: cannot write /s/journal.jsonl: \(reason)")
        #expect(failure.hint?.contains(hint) == true)
    }
}
