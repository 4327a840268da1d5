import EtcdModel
import Glibc

/// A snapshot file, open for as long as it is proven.
final class OpenSnapshot: SnapshotBytes {
    private let path: String
    let bytes: UInt64
    var name: String { path }
    private let descriptor: Int32
    private let seen: Stamp

    private struct Stamp: Equatable {
        var device: UInt
        var inode: UInt
        var size: Int
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
        /// Cannot be set back, as `touch` and `cp --preserve` do with the time of modification.
        var changedSeconds: Int
        var changedNanoseconds: Int
    }

    /// - Throws: `SnapshotFileError`.
    init(_ path: String) throws {
        self.path = path
        // a named pipe or a device must not be waited for
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            // a socket cannot be opened at all
            let problem: SnapshotFileError.Problem =
                errno == ENXIO ? .notAFile : .unreadable(code: errno)
            throw SnapshotFileError(path: path, problem: problem)
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw SnapshotFileError(path: path, problem: .notAFile)
        }
        descriptor = file
        bytes = UInt64(status.st_size)
        seen = Self.stamp(status)
        posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { close(descriptor) }

    private static func stamp(_ status: stat) -> Stamp {
        Stamp(
            device: UInt(status.st_dev),
            inode: UInt(status.st_ino),
            size: status.st_size,
            modifiedSeconds: status.st_mtim.tv_sec,
            modifiedNanoseconds: status.st_mtim.tv_nsec,
            changedSeconds: status.st_ctim.tv_sec,
            changedNanoseconds: status.st_ctim.tv_nsec
        )
    }

    /// The file must be at its end what it was at the beginning.
    /// - Throws: `SnapshotFileError`.
    func requireUnchanged() throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0, Self.stamp(status) == seen else {
            throw SnapshotFileError(path: path, problem: .changedWhileRead)
        }
    }

    /// Fills the whole buffer.
    /// - Throws: `SnapshotFileError`; a file that ends earlier than it did when it was opened has
    ///   changed.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, offset + filled)
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                throw SnapshotFileError(path: path, problem: .unreadable(code: errno))
            }
            if count == 0 {
                throw SnapshotFileError(path: path, problem: .changedWhileRead)
            }
            filled += count
        }
    }
}
