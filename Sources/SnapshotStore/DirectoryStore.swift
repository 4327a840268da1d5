import Glibc
package import RemoteHost

/// A directory of this machine.
package struct DirectoryStore: SnapshotDestination {
    package let path: String

    /// The path is absolute; the directory may be missing: the first save makes it, 0700.
    package init(path: String) {
        self.path = path
    }

    package var description: String { path }

    package func prepare(for name: String) throws {
        try makeDirectory()
        guard access(path, W_OK | X_OK) == 0 else { throw failure("write in", errno) }
        try requireFree(name)
        release(try lock())
    }

    package func entries() throws -> [StoreEntry] {
        guard let stream = opendir(path) else { throw failure("list", errno) }
        defer { closedir(stream) }
        var found: [StoreEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                // it was deleted since, or its name is not UTF-8, which no name of ours is
                if errno == ENOENT { continue }
                throw failure("look at \(name) in", errno)
            }
            guard status.st_mode & S_IFMT == S_IFREG else { continue }
            found.append(StoreEntry(name: name, bytes: UInt64(status.st_size)))
        }
        // the end and a failure look alike but for this; half a list is none
        guard errno == 0 else { throw failure("list", errno) }
        return found
    }

    package func manifests() throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for entry in try entries() where SnapshotName(manifest: entry.name) != nil {
            guard entry.bytes <= SnapshotManifest.largestBytes else { continue }
            found[entry.name] = try read(entry.name)
        }
        return found
    }

    /// - Returns: nil if it was deleted since it was listed.
    private func read(_ name: String) throws -> [UInt8]? {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 || errno != ENOENT else { return nil }
        guard file >= 0 else { throw failure("read \(name) in", errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= SnapshotManifest.largestBytes {
            let count = Glibc.read(file, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure("read \(name) in", errno) }
            if count == 0 { break }
            bytes += block.prefix(count)
        }
        return bytes
    }

    @concurrent
    package func put(_ name: String, _ stream: any ByteStream) async throws {
        try makeDirectory()
        let lock = try lock()
        defer { release(lock) }
        try removeLeftovers()
        try requireFree(name)
        let temporary = "\(path)/\(Self.temporaryPrefix)\(name)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("write in", errno) }
        do {
            defer { close(file) }
            try copy(stream, to: file)
            guard fsync(file) == 0 else { throw failure("write in", errno) }
            // a link, not a rename: that would take the place of a file that came meanwhile
            if link(temporary, "\(path)/\(name)") != 0 {
                guard errno != EEXIST else { throw DestinationFailure.exists(name, in: path) }
                // a file system without hard links
                try requireFree(name)
                guard rename(temporary, "\(path)/\(name)") == 0 else {
                    throw failure("rename in", errno)
                }
            }
        } catch {
            unlink(temporary)
            throw error
        }
        unlink(temporary)
        try sync()
    }

    package func delete(_ names: [String]) throws {
        for name in names {
            guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
                throw failure("delete \(name) in", errno)
            }
            // in their order, whatever cuts the power: a manifest never outlives on disk what it
            // was deleted before
            try sync()
        }
    }

    package func withoutSaves<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let lock = try lock()
        defer { release(lock) }
        return try await body()
    }

    private static let temporaryPrefix = ".rekindle-part-"

    /// A name that cannot be looked at may be taken.
    private func requireFree(_ name: String) throws {
        var status = stat()
        if lstat("\(path)/\(name)", &status) == 0 {
            throw DestinationFailure.exists(name, in: path)
        }
        guard errno == ENOENT else { throw failure("look at \(name) in", errno) }
    }

    /// What a save that was killed left: nobody else writes while this one has the lock.
    private func removeLeftovers() throws {
        for entry in try entries() where entry.name.hasPrefix(Self.temporaryPrefix) {
            unlink("\(path)/\(entry.name)")
        }
    }

    private func makeDirectory() throws {
        var parts = ""
        for part in path.split(separator: "/") {
            parts += "/\(part)"
            guard mkdir(parts, 0o700) == 0 || errno == EEXIST || access(parts, F_OK) == 0 else {
                throw failure("create", errno)
            }
        }
    }

    /// Closing is not enough: a child that is being started has the file until its exec.
    private func release(_ lock: Int32) {
        flock(lock, LOCK_UN)
        close(lock)
    }

    /// Held until it is released; the kernel lets go of it when this process dies.
    private func lock() throws -> Int32 {
        let file = open("\(path)/.rekindle-lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("write in", errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            guard code == EWOULDBLOCK else { throw failure("lock", code) }
            throw DestinationFailure.busy(path)
        }
        return file
    }

    private func copy(_ stream: any ByteStream, to file: Int32) throws {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { block.deallocate() }
        while true {
            try Task.checkCancellation()
            let count = try stream.read(into: block)
            if count == 0 { return }
            var rest = UnsafeRawBufferPointer(rebasing: block[..<count])
            while !rest.isEmpty {
                let written = write(file, rest.baseAddress, rest.count)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { throw failure("write in", errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }

    /// Makes the names durable.
    private func sync() throws {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("sync", errno) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("sync", errno) }
    }

    private func failure(_ operation: String, _ code: Int32) -> DestinationFailure {
        let hint =
            switch code {
            case ENOENT: "is the path right? the first `snapshot save` makes the directory"
            case ENOSPC, EDQUOT: "make room there, or prune: `rekindle snapshot prune`"
            case EACCES, EPERM: "it must belong to the user who runs Rekindle"
            default: "look at that file system: `dmesg`, `mount`"
            }
        return DestinationFailure(
            .other,
            "cannot \(operation) \(path): \(String(cString: strerror(code)).lowercased())",
            hint: hint
        )
    }
}
