import ClusterInventory
import EtcdModel

/// The checks on a member's directories and the room in them.
struct DirectoryChecks {
    let member: InventoryMember
    let facts: HostFacts
    let snapshot: SnapshotProof?
    /// Whether a snapshot of the old data is saved here before the stop.
    let savesSnapshot: Bool

    func all() -> [Check] {
        guard let data = facts.dataDir else { return [] }
        return [directory(data), owner(data)] + (facts.walDir.map { [wal($0)] } ?? [])
            + HazardChecks(member: member.member.name, data: data, wal: facts.walDir).all()
            + (snapshot.map { space(data, $0) } ?? [])
    }

    private func check(
        _ check: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check {
        Check(check, member: member.member.name, verdict, saw, hint: hint)
    }

    private func directory(_ data: DirectoryFacts) -> Check {
        if data.isReadOnly {
            return check(
                "data directory",
                .fails,
                "\(data.path) is on a read-only file system (\(data.fileSystem))",
                hint: "a file system turns read-only on disk errors: look at `dmesg`"
            )
        }
        if data.isMemberMountPoint {
            return check(
                "data directory",
                .fails,
                "\(data.path)/member is a mount point and cannot be renamed",
                hint: "mount the file system on \(data.path) instead"
            )
        }
        guard data.exists else {
            return check(
                "data directory",
                .warns,
                "\(data.path) is missing; it will be made",
                hint: "is it the right path, and is its disk mounted?"
            )
        }
        let kind = data.isMountPoint ? "a mount point" : "a directory"
        let old = data.databaseBytes.map { "database of \(ByteText.describe($0))" } ?? "no database"
        return check("data directory", .holds, "\(data.path): \(kind), \(data.fileSystem), \(old)")
    }

    private func owner(_ data: DirectoryFacts) -> Check {
        if let fault = OwnerFault.of(member, facts) {
            return check("owner", .fails, fault.saw, hint: fault.hint)
        }
        let owner = MemberOwner.decide(member: member, facts: facts)
        guard let owner else {
            return check(
                "owner",
                .fails,
                "neither the inventory, the unit nor the old data tells etcd's user",
                hint: "set `user` and `group` under `etcd` in the inventory"
            )
        }
        if data.exists, owner.user != data.user {
            return check(
                "owner",
                .warns,
                "\(data.path) belongs to \(data.user):\(data.group), etcd runs as \(owner)",
                hint: "etcd must be able to write there"
            )
        }
        return check("owner", .holds, "\(owner)\(data.exists ? ", mode \(data.mode)" : "")")
    }

    private func wal(_ wal: DirectoryFacts) -> Check {
        if wal.isMountPoint {
            return check(
                "WAL directory",
                .fails,
                "\(wal.path) is a mount point; etcd itself cannot make its WAL there",
                hint: "set --wal-dir to a directory below the mount point"
            )
        }
        if wal.isReadOnly {
            return check(
                "WAL directory",
                .fails,
                "\(wal.path) is on a read-only file system (\(wal.fileSystem))",
                hint: "a file system turns read-only on disk errors: look at `dmesg`"
            )
        }
        if let data = facts.dataDir, (wal.realPath + "/").hasPrefix("\(data.realPath)/member/") {
            return check(
                "WAL directory",
                .fails,
                "\(wal.path) is in \(data.path)/member, which is renamed as a whole",
                hint: "leave --wal-dir out of the unit: the WAL is there by itself"
            )
        }
        return check("WAL directory", .holds, "\(wal.path), \(wal.fileSystem)")
    }

    private func space(_ data: DirectoryFacts, _ snapshot: SnapshotProof) -> [Check] {
        let needed = SpaceNeeds.data(
            snapshot,
            hasOwnWAL: facts.walDir != nil,
            saving: savesSnapshot ? data.databaseBytes ?? 0 : 0
        )
        return [room("space", data.path, data.freeBytes, needed)]
            + (facts.walDir.map { [room("WAL space", $0.path, $0.freeBytes, SpaceNeeds.wal)] } ?? [])
    }

    private func room(_ name: String, _ path: String, _ free: UInt64, _ needed: UInt64) -> Check {
        let saw =
            "\(ByteText.describe(free)) free at \(path), \(ByteText.describe(needed)) needed"
        return free >= needed
            ? check(name, .holds, saw)
            : check(
                name,
                .fails,
                saw,
                hint: "make room there; the old data stays until `rekindle clean`, and older "
                    + "runs may have left some: see `rekindle runs`"
            )
    }
}
