internal import Glibc

/// Who else could change what lies at a path, by the owners and modes of all that leads there.
struct Ownership {
    /// The user who relies on it.
    let user: uid_t

    init(user: uid_t = geteuid()) {
        self.user = user
    }

    /// Refuses a directory that anybody but this user and root can write into or replace.
    ///
    /// Each directory above it counts: whoever may write there can put another in its place, unless
    /// the sticky bit keeps names for their owners. So does each symbolic link on the way. What is
    /// not there yet is nobody's.
    ///
    /// - Throws: `StateDirectoryUnsafe` or `SystemFailure`.
    func require(directory path: String) throws {
        guard path.hasPrefix("/") else {
            var folder = [CChar](repeating: 0, count: Int(PATH_MAX))
            guard getcwd(&folder, folder.count) != nil else {
                throw SystemFailure("find out where", path, code: errno)
            }
            let here = String(
                decoding: folder.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
            return try require(directory: "\(here)/\(path)")
        }
        var rest = Self.parts(path)
        var passed: [String] = []
        var links = 0
        while let part = rest.first {
            rest = rest.dropFirst()
            if part == ".." {
                _ = passed.popLast()
                continue
            }
            let here = "/" + (passed + [part]).joined(separator: "/")
            guard let status = try Self.look(here) else { return }
            if status.st_mode & S_IFMT == S_IFLNK {
                links += 1
                guard links <= 40 else { throw SystemFailure("follow", here, code: ELOOP) }
                try require(owner: status, of: here, isLink: true)
                let target = try Self.target(of: here)
                rest = Self.parts(target) + rest
                if target.hasPrefix("/") { passed = [] }
                continue
            }
            passed.append(part)
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw SystemFailure("use", here, code: ENOTDIR)
            }
            try require(owner: status, of: here)
            try require(mode: status, of: here, mayBeSticky: !rest.isEmpty)
        }
    }

    /// Refuses a file or directory that another user owns, or may write to, or that is a link.
    ///
    /// - Throws: `StateDirectoryUnsafe` or `SystemFailure`.
    func require(entry path: String) throws {
        guard let status = try Self.look(path) else { return }
        try require(owner: status, of: path)
        guard status.st_mode & S_IFMT != S_IFLNK else {
            throw SystemFailure("follow the symbolic link", path, code: ELOOP)
        }
        try require(mode: status, of: path, mayBeSticky: false)
    }

    private func require(
        owner status: stat,
        of path: String,
        isLink: Bool = false
    ) throws(StateDirectoryUnsafe) {
        guard status.st_uid != user, status.st_uid != 0 else { return }
        throw StateDirectoryUnsafe(path: path, .owned(by: Self.name(status.st_uid), isLink: isLink))
    }

    private func require(
        mode status: stat,
        of path: String,
        mayBeSticky: Bool
    ) throws(StateDirectoryUnsafe) {
        let mode = status.st_mode & 0o7777
        if mayBeSticky {
            if mode & S_ISVTX != 0 { return }
            // many systems give every user a group of their own, and let it write into their home
            if mode & S_IWOTH == 0, mode & S_IWGRP == 0 || isOwnGroup(status.st_gid) { return }
        } else if mode & (S_IWGRP | S_IWOTH) == 0 {
            return
        }
        throw StateDirectoryUnsafe(path: path, .writable(mode: mode))
    }

    /// Whether nobody but this user is in the group.
    private func isOwnGroup(_ group: gid_t) -> Bool {
        guard let account = getpwuid(user)?.pointee, account.pw_gid == group,
            let found = getgrgid(group)?.pointee
        else { return false }
        let name = String(cString: account.pw_name)
        guard String(cString: found.gr_name) == name else { return false }
        var members = found.gr_mem
        while let member = members?.pointee {
            if String(cString: member) != name { return false }
            members = members?.successor()
        }
        return true
    }

    private static func parts(_ path: String) -> ArraySlice<String> {
        path.split(separator: "/").map(String.init).filter { $0 != "." }[...]
    }

    /// nil where there is nothing.
    private static func look(_ path: String) throws(SystemFailure) -> stat? {
        var status = stat()
        if lstat(path, &status) == 0 { return status }
        guard errno == ENOENT else { throw SystemFailure("look at", path, code: errno) }
        return nil
    }

    private static func target(of link: String) throws(SystemFailure) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &bytes, bytes.count)
        guard count >= 0 else { throw SystemFailure("follow", link, code: errno) }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func name(_ user: uid_t) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "uid \(user)"
    }
}

/// Others can change the state directory, or put another in its place.
package struct StateDirectoryUnsafe: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        /// The permission bits.
        case writable(mode: UInt32)
        case owned(by: String, isLink: Bool)
    }

    package var path: String
    package var problem: Problem

    package init(path: String, _ problem: Problem) {
        self.path = path
        self.problem = problem
    }

    package var description: String {
        switch problem {
        case .writable(let mode):
            "this machine: others can write into \(path) (mode \(String(mode, radix: 8)))"
        case .owned(let owner, isLink: false):
            "this machine: \(path) belongs to \(owner), who can change everything in it"
        case .owned(let owner, isLink: true):
            "this machine: the symbolic link \(path) belongs to \(owner), who can point it elsewhere"
        }
    }

    package var hint: String {
        switch problem {
        case .writable: "chmod go-w \(path), or give a directory of your own with --state-dir"
        case .owned(let owner, _):
            "run as \(owner), or give a directory of your own with --state-dir; with sudo, `sudo -H` "
                + "takes root's own home"
        }
    }
}
