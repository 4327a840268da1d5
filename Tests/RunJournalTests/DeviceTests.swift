import Glibc
@testable import RunJournal
import Testing

@Suite("Journal: real files that fail")
struct DeviceTests {
    @Test("a full disk is an error with the path and the number, and breaks the writer")
    func fullDisk() async throws {
        let storage = try FileStorage("/dev/full", isNew: false)
        let writer = JournalWriter<TestEvent>(storage, after: JournalHead(seq: 3, hash: "00"))
        for _ in 1...2 {
            let failure = await #expect(throws: SystemFailure.self) {
                try await writer.append(.note("x"))
            }
            #expect(failure == SystemFailure("write", "/dev/full", code: ENOSPC))
        }
        #expect(await writer.head.seq == 3)
    }

    @Test("a file that cannot be synced is an error, though the write went well")
    func unsyncable() async throws {
        let storage = try FileStorage("/dev/null", isNew: false)
        let writer = JournalWriter<TestEvent>(storage, after: JournalHead(seq: 0, hash: "00"))
        let failure = await #expect(throws: SystemFailure.self) {
            try await writer.append(.note("x"))
        }
        #expect(failure == SystemFailure("sync", "/dev/null", code: EINVAL))
    }

    @Test("a link in place of the journal is not followed")
    func link() throws {
        let temporary = try TemporaryDirectory()
        let path = "\(temporary.path)/journal.jsonl"
        symlink("/dev/null", path)
        let failure = #expect(throws: SystemFailure.self) {
            _ = try FileStorage(path, isNew: false)
        }
        #expect(failure?.code == ELOOP)
    }
}
