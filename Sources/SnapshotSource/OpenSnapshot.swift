import EtcdModel
import Glibc

/// A snapshot file, open for as long as it is proven.
final class OpenSnapshot {
    let path: String
    let bytes: UInt64
    let descriptor: Int32
    private let seen: Stamp
    private var mapping: UnsafeMutableRawPointer?
    private var readSinceGivenBack = 0

    private struct Stamp: Equatable {
        var device: UInt
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    init(_ path: String) throws {
        self.path = path
        // a named pipe or a device must not be waited for
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw SnapshotFileError(path: path, problem: .unreadable(code: errno))
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

    deinit {
        if let mapping { munmap(mapping, Int(bytes)) }
        close(descriptor)
    }

    private static func stamp(_ status: stat) -> Stamp {
        Stamp(
            device: UInt(status.st_dev),
            inode: UInt(status.st_ino),
            size: status.st_size,
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    /// The file must be at its end what it was at the beginning.
    func requireUnchanged() throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0, Self.stamp(status) == seen else {
            throw SnapshotFileError(path: path, problem: .changedWhileRead)
        }
    }

    /// The database without the digest behind it.
    func mapped<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        try mappedWhole { whole in
            try body(
                UnsafeRawBufferPointer(
                    rebasing: whole[..<(whole.count - Int(SnapshotTrailer.bytes))]
                )
            )
        }
    }

    /// Mapped, because the walk jumps between pages: reading each would copy the file twice.
    func mappedWhole<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        if mapping == nil {
            guard let base = mmap(nil, Int(bytes), PROT_READ, MAP_PRIVATE, descriptor, 0),
                base != MAP_FAILED
            else { throw SnapshotFileError(path: path, problem: .unreadable(code: errno)) }
            mapping = base
        }
        return try body(UnsafeRawBufferPointer(start: mapping, count: Int(bytes)))
    }

    /// Drops mapped pages from this process once enough were read; they stay in the page cache.
    ///
    /// Without it, the memory of a coordinator would look as large as the snapshot, and a limit on
    /// it would be hit.
    func giveBack(_ read: Int) {
        readSinceGivenBack += read
        guard readSinceGivenBack >= 8 << 20, let mapping else { return }
        readSinceGivenBack = 0
        madvise(mapping, Int(bytes), MADV_DONTNEED)
    }
}
