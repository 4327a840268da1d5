internal import Glibc

/// Directories that outlive a power failure.
enum Directory {
    /// Makes a directory for this user alone, and all that are missing above it.
    /// - Returns: false where it was there before.
    @discardableResult
    static func make(_ path: String) throws(SystemFailure) -> Bool {
        if mkdir(path, 0o700) == 0 {
            try sync(parent(of: path))
            return true
        }
        switch errno {
        case EEXIST:
            return false
        case ENOENT where parent(of: path) != path:
            try make(parent(of: path))
            return try make(path)
        case let code:
            throw SystemFailure("create", path, code: code)
        }
    }

    /// Makes the names in a directory durable: without it a file that was synced can be gone.
    static func sync(_ path: String) throws(SystemFailure) {
        while true {
            let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor < 0 && errno == EINTR { continue }
            guard descriptor >= 0 else { throw SystemFailure("open", path, code: errno) }
            defer { _ = Glibc.close(descriptor) }
            if fsync(descriptor) != 0 { throw SystemFailure("sync", path, code: errno) }
            return
        }
    }

    /// The names in a directory, in no order.
    static func names(in path: String) throws(SystemFailure) -> [String] {
        guard let stream = opendir(path) else { throw SystemFailure("list", path, code: errno) }
        defer { _ = closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        if errno != 0 { throw SystemFailure("list", path, code: errno) }
        return names
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
