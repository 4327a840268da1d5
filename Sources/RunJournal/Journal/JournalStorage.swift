internal import Glibc

/// Where the bytes of a journal go; used by its one writer, from one thread at a time.
package protocol JournalStorage: AnyObject {
    /// Hands some of the bytes to the system; may block.
    ///
    /// - Returns: how many; possibly fewer than given, at least 1.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int

    /// Returns when all bytes written are durable; may block; is never called again after it failed.
    func sync() throws(SystemFailure)
}

/// A file, opened for appending; an object because the file is closed when its writer goes.
final class FileStorage: JournalStorage {
    private let file: OpenFile

    /// Opens a file that is there, or makes one that must not be there yet.
    init(_ path: String, isNew: Bool) throws(SystemFailure) {
        file = try OpenFile(path, O_WRONLY | O_APPEND | (isNew ? O_CREAT | O_EXCL : 0))
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int { try file.write(bytes) }

    func sync() throws(SystemFailure) { try file.syncData() }
}
