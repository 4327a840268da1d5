/// What the name of an object tells of it: backup programs keep more than snapshots in a bucket.
enum ObjectName {
    /// Why an object cannot be a snapshot, by its key and its size; nil if it may be one.
    static func problem(of key: String, bytes: UInt64) -> LatestObject.Problem? {
        let parts = key.lowercased().split(separator: "/")
        let name = parts.last.map(String.init) ?? ""
        if key.hasSuffix("/") || name.hasSuffix("_$folder$") { return .folder }
        if name.hasSuffix(".manifest.json") || name.hasPrefix(".rekindle-part-") { return .own }
        if isUnfinished(name) { return .named("is an unfinished upload") }
        if bytes == 0 { return .named("is empty") }
        // k3s and RKE2 describe each snapshot by an object of its name in .metadata
        if parts.dropLast().contains(".metadata") {
            return .named("is metadata of another program")
        }
        // kubespray, and whoever else copies a data directory beside its snapshot
        if parts.contains("member"), !Set(parts.dropLast()).isDisjoint(with: ["snap", "wal"]) {
            return .named("is a file of a data directory")
        }
        // gardener's etcd-backup-restore: Incr-FIRST-LAST-TIME, with .gz and .final behind it
        if name.hasPrefix("incr-") {
            return .named("is an incremental snapshot: changes only")
        }
        for (ending, what) in endings where name.hasSuffix(ending) {
            return .named("is \(what)")
        }
        return nil
    }

    /// As rclone, rsync, browsers, MinIO and etcdctl itself name what they are still writing.
    private static func isUnfinished(_ name: String) -> Bool {
        [".part", ".partial", ".tmp", ".temp", ".incomplete", ".crdownload", ".filepart"]
            .contains { name.hasSuffix($0) }
            || name.hasSuffix("~") || name.hasPrefix(".~tmp~") || name.contains(".db.part")
            || name.contains(".part.minio") || name.hasPrefix(".") && name.contains(".db.")
    }

    /// What an ending says; the first that fits counts.
    private static let endings: [(String, String)] =
        [
            (
                "a checksum",
                [
                    ".sha256", ".sha256sum", ".sha256sums", ".sha512", ".sha512sum", ".sha1",
                    ".sha1sum", ".md5", ".md5sum", ".crc32c", ".checksum", ".b2sum", "sha256sums",
                    "md5sums",
                ]
            ),
            ("a signature", [".sig", ".minisig", ".sigstore", ".cosign", ".p7s"]),
            (
                "an archive, and no snapshot by itself",
                [
                    ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.xz", ".txz", ".tar.bz2",
                    ".tbz2", ".tar.lz4", ".tar.gpg", ".tar.gz.gpg", ".tar.age", ".tar.gz.age",
                    ".tar.zst.age", ".tar.zst.gpg",
                ]
            ),
            (
                "metadata of another program",
                [
                    ".json", ".json.gz", ".yaml", ".yml", ".yaml.gz", ".toml", ".xml", ".html",
                    ".metadata", ".meta", ".info", ".csv", ".keep", ".gitkeep", ".ds_store",
                ]
            ),
            (
                "a log or text",
                [".log", ".log.gz", "-logs.gz", "-results.gz", ".txt", ".txt.gz", ".md"]
            ),
            ("a key or certificate", [".pem", ".crt", ".cer", ".key", ".pub", ".csr"]),
            ("a program's file", [".sh", ".py", ".deb", ".rpm", ".exe", ".lock"]),
        ].flatMap { what, endings in endings.map { ($0, what) } }
}
