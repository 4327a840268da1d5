internal import Glibc

/// An open file or directory; closed when it goes out of use.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    let path: String

    /// Opens, and creates where the flags say so, for this user alone (0600).
    init(_ path: String, _ flags: Int32) throws(SystemFailure) {
        self.path = path
        descriptor = try Self.open(path, flags)
    }

    private static func open(_ path: String, _ flags: Int32) throws(SystemFailure) -> Int32 {
        while true {
            // A link in place of a file of ours is somebody's trick.
            let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
            if descriptor >= 0 { return descriptor }
            if errno == EINTR { continue }
            throw SystemFailure(flags & O_CREAT == 0 ? "open" : "create", path, code: errno)
        }
    }

    deinit {
        // Whatever mattered was synced before; a failed close says nothing of it.
        _ = Glibc.close(descriptor)
    }

    /// Hands some of the bytes to the system.
    /// - Returns: how many; possibly fewer than given, never 0.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { return count }
            if count < 0 && errno == EINTR { continue }
            throw SystemFailure("write", path, code: count == 0 ? EIO : errno)
        }
    }

    func writeAll(_ bytes: [UInt8]) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try write(rest)) }
    }

    func readAll() throws(SystemFailure) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                result += buffer[..<count]
            } else if count == 0 {
                return result
            } else if errno != EINTR {
                throw SystemFailure("read", path, code: errno)
            }
        }
    }

    /// Bytes and what is needed to read them back, on the disk.
    ///
    /// Never tried again: after a failure the kernel may drop the bytes and report success next
    /// time.
    func syncData() throws(SystemFailure) {
        if fdatasync(descriptor) != 0 { throw SystemFailure("sync", path, code: errno) }
    }

    /// The same, with everything else that is known of the file.
    func sync() throws(SystemFailure) {
        if fsync(descriptor) != 0 { throw SystemFailure("sync", path, code: errno) }
    }

    /// As given, whatever the process' mask is.
    func setPermissions(_ mode: mode_t) throws(SystemFailure) {
        if fchmod(descriptor, mode) != 0 {
            throw SystemFailure("set the permissions of", path, code: errno)
        }
    }

    func truncate(to length: Int) throws(SystemFailure) {
        if ftruncate(descriptor, length) != 0 {
            throw SystemFailure("truncate", path, code: errno)
        }
    }
}
