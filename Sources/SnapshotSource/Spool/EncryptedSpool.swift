import Glibc
import Synchronization

/// The one copy of a streamed snapshot on this machine: without a name, and unreadable.
///
/// The file is unlinked as soon as it is open, and its key is in memory only: whatever ends this
/// process ends the copy. It is written front to back by one thread, and read at any place by many.
final class EncryptedSpool: SnapshotBytes, Sendable {
    let name: String
    private let file: Descriptor
    private let directory: String
    private let cipher: SpoolCipher
    private let written = Atomic<UInt64>(0)

    var bytes: UInt64 { written.load(ordering: .acquiring) }

    /// Bytes that are left free for the journal, and for others.
    private static let reserve: UInt64 = 64 << 20

    /// Makes the file; the name is what errors call the snapshot.
    /// - Throws: `SourceFailure`.
    init(of name: String, in directory: String) throws(SourceFailure) {
        self.name = name
        self.directory = directory
        cipher = try SpoolCipher()
        var path = Array("\(directory)/.spool-XXXXXX".utf8CString)
        let number = mkstemp(&path)
        guard number >= 0 else { throw Self.failure(directory, errno) }
        unlink(path)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        file = Descriptor(number)
    }

    /// Refuses at once what would not fit.
    /// - Throws: `SourceFailure`.
    func requireRoom(for expected: UInt64) throws(SourceFailure) {
        var status = statvfs()
        guard fstatvfs(file.number, &status) == 0 else { return }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        guard free < expected + Self.reserve else { return }
        throw SourceFailure(
            "\(directory) has \(free >> 20) MiB free; the encrypted copy of \(name) takes "
                + "\(expected >> 20) MiB, and \(Self.reserve >> 20) MiB are left for others",
            hint: Self.roomHint
        )
    }

    /// Seals the bytes where they are, and writes them behind the last ones.
    /// - Throws: `SourceFailure`.
    func append(_ bytes: UnsafeMutableRawBufferPointer) throws(SourceFailure) {
        var offset = self.bytes
        cipher.turn(bytes, at: offset)
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = pwrite(file.number, rest.baseAddress, rest.count, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(directory, errno) }
            offset += UInt64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        written.store(offset, ordering: .releasing)
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(file.number, rest.baseAddress, rest.count, off_t(offset + filled))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let code = count < 0 ? errno : EIO
                throw SnapshotFileError(path: name, problem: .unreadable(code: code))
            }
            filled += count
        }
        cipher.turn(buffer, at: UInt64(offset))
    }

    /// Nobody else has it.
    func requireUnchanged() {}

    private static let roomHint =
        "make room there, or name a directory on a larger disk with --state-dir"

    private static func failure(_ directory: String, _ code: Int32) -> SourceFailure {
        SourceFailure(
            "cannot keep the encrypted copy of the snapshot in \(directory): \(SystemText.of(code))",
            hint: code == ENOSPC || code == EDQUOT || code == EFBIG
                ? roomHint : "name another directory with --state-dir"
        )
    }
}
