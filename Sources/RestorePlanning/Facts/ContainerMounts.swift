/// Where the host's directories are in a container.
struct ContainerMounts: Sendable, Hashable {
    struct Mount: Sendable, Hashable {
        var inside: String
        var outside: String
    }

    /// The longest first.
    private let mounts: [Mount]

    init(_ mounts: [Mount]) {
        self.mounts = mounts.sorted { $0.inside.count > $1.inside.count }
    }

    /// Where a path of the container is on the host; nil where it is in the container alone.
    func outside(_ path: String) -> String? {
        for mount in mounts {
            if path == mount.inside { return mount.outside }
            if path.hasPrefix(mount.inside + "/") {
                return mount.outside + path.dropFirst(mount.inside.count)
            }
        }
        return nil
    }

    /// The same settings with etcd's directories as they are on the host.
    ///
    /// A directory that no mount of the host has would be gone with the container: it is left out, and
    /// the check tells that nobody says it.
    func outside(_ inside: EtcdConfiguration) -> EtcdConfiguration {
        var values = inside.values
        for flag in ["data-dir", "wal-dir"] {
            guard let path = values[flag] else { continue }
            values[flag] = outside(path)
        }
        return EtcdConfiguration(
            values: values,
            unreadableFile: inside.unreadableFile.map { outside($0) ?? $0 },
            file: inside.file
        )
    }
}
