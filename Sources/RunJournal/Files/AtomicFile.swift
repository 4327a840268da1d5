internal import Glibc

/// Files that are there whole or not at all, whatever happens in between.
package enum AtomicFile {
    /// Writes a file for this user alone (0600; 0644 with `readableByAll`), in place of one that may
    /// be there; not so with `isNew`, which fails with EEXIST where anything has the name.
    ///
    /// When this returns, the new content survives a power failure; when it throws, the old content
    /// is untouched unless the very last sync failed.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        readableByAll: Bool = false,
        isNew: Bool = false
    ) throws(SystemFailure) {
        let directory = Directory.parent(of: path)
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0...(.max))).tmp"
        do throws(SystemFailure) {
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
            try file.writeAll(bytes)
            if readableByAll { try file.setPermissions(0o644) }
            // Without it the name can survive a power failure and the bytes not.
            try file.sync()
            if isNew {
                // a rename would replace what somebody made in the meantime
                guard link(temporary, path) == 0 else {
                    throw SystemFailure("create", path, code: errno)
                }
                _ = unlink(temporary)
            } else if rename(temporary, path) != 0 {
                throw SystemFailure("rename \(temporary) to", path, code: errno)
            }
        } catch {
            _ = unlink(temporary)
            throw error
        }
        try Directory.sync(directory)
    }
}
