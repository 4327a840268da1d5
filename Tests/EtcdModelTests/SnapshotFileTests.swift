import EtcdModel
import Glibc
import TestSupport
import Testing

@testable import SnapshotSource

@Suite("The file of a snapshot")
struct SnapshotFileTests {
    private func problem(_ path: String) -> SnapshotFileError.Problem? {
        do throws(any Error) {
            _ = try LocalSnapshot(path: path).prove()
            return nil
        } catch {
            return (error as? SnapshotFileError)?.problem
        }
    }

    @Test("must be there")
    func missing() throws {
        let file = try ScratchFile()
        #expect(problem(file.path + "-not") == .unreadable(code: ENOENT))
        #expect(problem(file.path + "/below") == .unreadable(code: ENOTDIR))
        #expect(problem("") == .unreadable(code: ENOENT))
        let error = SnapshotFileError(path: "/a", problem: .unreadable(code: ENOENT))
        #expect("\(error)" == "cannot read /a: no such file or directory")
        #expect(error.hint.contains("check the path"))
    }

    @Test("must be a file", .timeLimit(.minutes(10)))
    func notAFile() throws {
        #expect(problem("/") == .notAFile)
        #expect(problem("/dev/zero") == .notAFile)
        #expect(problem("/dev/null") == .notAFile)
        let pipe = try ScratchFile()
        unlink(pipe.path)
        try #require(mkfifo(pipe.path, 0o600) == 0)
        #expect(problem(pipe.path) == .notAFile)
    }

    @Test("must be readable", .enabled(if: geteuid() != 0, "root may read everything"))
    func forbidden() throws {
        let file = try ScratchFile([1])
        chmod(file.path, 0)
        #expect(problem(file.path) == .unreadable(code: EACCES))
    }

    @Test("may be behind a symbolic link, not behind a loop of them")
    func link() throws {
        let link = try ScratchFile()
        unlink(link.path)
        symlink(Fixtures.path("snapshots/plain-3.5.16.db"), link.path)
        #expect(problem(link.path) == nil)
        unlink(link.path)
        symlink(link.path, link.path)
        #expect(problem(link.path) == .unreadable(code: ELOOP))
    }

    @Test("is refused without being read where its size is absurd", .timeLimit(.minutes(10)))
    func sparse() throws {
        let zeros = try ScratchFile()
        try #require(truncate(zeros.path, 1 << 42) == 0)
        #expect(problem(zeros.path) == .fault(.notADatabase(.zeros)))
        let grown = try ScratchFile(Fixtures.bytes("snapshots/plain-3.5.16.db"))
        try #require(truncate(grown.path, 1 << 42 + 32) == 0)
        #expect(
            problem(grown.path) == .fault(.appended(bytes: 1 << 42 + 32, expected: 20512))
        )
    }

    // MARK: files that someone writes meanwhile

    /// A copy of a good snapshot that is open, as if its proof had begun.
    private func open() throws -> (ScratchFile, OpenSnapshot, [UInt8]) {
        let bytes = try Fixtures.bytes("snapshots/busy-3.5.16.db")
        let file = try ScratchFile(bytes)
        return (file, try OpenSnapshot(file.path), bytes)
    }

    private func expectChanged(_ path: String, _ body: () throws -> Void) {
        #expect(throws: SnapshotFileError(path: path, problem: .changedWhileRead)) { try body() }
    }

    @Test("has changed where it is cut short before its digest is computed")
    func truncatedBeforeDigest() throws {
        let (file, snapshot, _) = try open()
        try #require(truncate(file.path, 40960) == 0)
        expectChanged(file.path) { _ = try SnapshotDigest.values(of: snapshot) }
    }

    @Test("has changed where it is cut short during its walk, and no signal ends the process")
    func truncatedBeforeWalk() throws {
        let (file, snapshot, bytes) = try open()
        _ = try SnapshotDigest.values(of: snapshot)
        try #require(truncate(file.path, 8192) == 0)
        expectChanged(file.path) {
            _ = try SnapshotContent(reading: FileRange(snapshot, count: bytes.count - 32))
        }
        expectChanged(file.path) { try snapshot.requireUnchanged() }
    }

    @Test("has changed where it is written anew, even with the same bytes")
    func rewritten() throws {
        let (file, snapshot, bytes) = try open()
        try snapshot.requireUnchanged()
        // the kernel counts times of files in ticks of up to 10 ms
        usleep(20_000)
        try file.write(bytes)
        expectChanged(file.path) { try snapshot.requireUnchanged() }
    }

    @Test("has changed where its time of modification was set back")
    func timeSetBack() throws {
        let (file, snapshot, bytes) = try open()
        var status = stat()
        try #require(stat(file.path, &status) == 0)
        usleep(20_000)
        try file.write(bytes.reversed())
        var times = [status.st_atim, status.st_mtim]
        try #require(utimensat(AT_FDCWD, file.path, &times, 0) == 0)
        expectChanged(file.path) { try snapshot.requireUnchanged() }
    }

    @Test("is the same where another took its name: the open one is proven")
    func renamedOver() throws {
        let (file, snapshot, bytes) = try open()
        let other = try ScratchFile([1, 2, 3])
        try #require(rename(other.path, file.path) == 0)
        let digest = try SnapshotDigest.values(of: snapshot)
        #expect(digest.recorded == digest.computed)
        #expect(digest.whole == SHA256Text.hex(of: bytes))
    }

    // MARK: reading

    @Test("is read the same in every order", arguments: [1, 7, 4096, 65536, 200_000])
    func ranges(step: Int) throws {
        var random = SeededRandom(seed: 5)
        let bytes = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let file = try ScratchFile(bytes)
        let range = FileRange(try OpenSnapshot(file.path), count: bytes.count)
        let starts = Array(stride(from: 0, to: bytes.count, by: max(step, 997)))
        for start in starts + starts.reversed() + starts.shuffled(using: &random) {
            var part = [UInt8](repeating: 0, count: min(step, bytes.count - start))
            try part.withUnsafeMutableBytes { try range.read(at: start, into: $0) }
            try #require(part == Array(bytes[start..<(start + part.count)]))
        }
    }

    @Test("is streamed from front to back, and says what cannot be read")
    func stream() throws {
        let bytes = try Fixtures.bytes("snapshots/busy-3.5.16.db")
        let file = try ScratchFile(bytes)
        let stream = try FileByteStream(path: file.path)
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1000)
        while true {
            let count = try block.withUnsafeMutableBytes { try stream.read(into: $0) }
            if count == 0 { break }
            all += block.prefix(count)
        }
        #expect(all == bytes)
        #expect(throws: SnapshotFileError(path: "/", problem: .unreadable(code: EISDIR))) {
            let directory = try FileByteStream(path: "/")
            _ = try block.withUnsafeMutableBytes { try directory.read(into: $0) }
        }
        #expect(throws: SnapshotFileError(path: "/no/file", problem: .unreadable(code: ENOENT))) {
            _ = try FileByteStream(path: "/no/file")
        }
    }
}
