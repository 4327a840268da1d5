import Glibc
import RemoteHost

/// A file's bytes from a place on to its end.
package final class FileByteStream: ByteStream {
    private let path: String
    private let descriptor: Int32

    /// - Throws: `SnapshotFileError`.
    package init(path: String, from offset: UInt64 = 0) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SnapshotFileError(path: path, problem: .unreadable(code: errno))
        }
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
            throw SnapshotFileError(path: path, problem: .unreadable(code: errno))
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { close(descriptor) }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                throw SnapshotFileError(path: path, problem: .unreadable(code: errno))
            }
            return count
        }
    }
}
