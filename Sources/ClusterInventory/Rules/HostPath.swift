/// Paths on a host that Rekindle hands to etcd, renames or makes.
package enum HostPath {
    /// The path without doubled and trailing slashes and without `.`, so that two spellings are never two places.
    ///
    /// As Go's `filepath.Clean`, but `..` stays: a link before it would change what it means.
    /// - Parameters:
    ///   - path: as somebody wrote it.
    ///   - directory: where a relative path begins; nil leaves it relative.
    /// - Returns: the same place.
    package static func plain(_ path: String, in directory: String? = nil) -> String {
        let whole = path.hasPrefix("/") || directory == nil ? path : "\(directory ?? "")/\(path)"
        let parts = whole.split(separator: "/").filter { $0 != "." }
        return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    static func fault(_ path: String) -> Fault? {
        if path.hasControl { return Fault("has a control character in it") }
        guard path.hasPrefix("/") else {
            return Fault("is not absolute", hint: "begin it with \"/\"")
        }
        return path.split(separator: "/").contains("..") ? Fault("has \"..\" in it") : nil
    }

    /// A directory that is renamed aside and made anew must be etcd's alone.
    static func dataDirFault(_ path: String) -> Fault? {
        if let fault = fault(path) { return fault }
        let plain = plain(path)
        guard plain == "/" || systemDirectories.contains(plain) else { return nil }
        return Fault(
            "is a directory of the system",
            hint: "a restore renames it aside; give the directory that is etcd's alone"
        )
    }

    /// Whether a path is a directory or lies in it.
    static func isInside(_ path: String, _ directory: String) -> Bool {
        path == directory || path.hasPrefix(directory + "/")
    }

    /// What the Filesystem Hierarchy Standard 3.0 names, two levels deep.
    private static let systemDirectories: Set<String> = [
        "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32", "/media",
        "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var",
        "/dev/shm", "/run/lock", "/run/user", "/usr/bin", "/usr/include", "/usr/lib",
        "/usr/libexec", "/usr/local", "/usr/sbin", "/usr/share", "/usr/src", "/var/cache",
        "/var/lib", "/var/local", "/var/lock", "/var/log", "/var/mail", "/var/opt", "/var/run",
        "/var/spool", "/var/tmp",
    ]
}
