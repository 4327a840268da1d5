/// Whether one rename moves a member's data, all of it and nothing else.
///
/// What is mounted below `member` stays where it is when `member` is renamed: at the next boot it would be
/// laid over the restored data, and deleting what was set aside would empty it.
struct HazardChecks {
    let member: String
    let data: DirectoryFacts
    let wal: DirectoryFacts?

    func all() -> [Check] {
        let directories = [data] + (wal.map { [$0] } ?? [])
        let found = directories.flatMap { directory in
            directory.hazards.compactMap { self.check($0, in: directory) }
        }
        // one that lies below both directories is told once
        var told: [Check] = []
        for check in found where !told.contains(check) { told.append(check) }
        return told.isEmpty
            ? [Check("mounts", member: member, .holds, "none below the directories, no links")]
            : told
    }

    private func check(_ hazard: Hazard, in directory: DirectoryFacts) -> Check? {
        let at = directory.path
        switch hazard {
        case .mounted(let place):
            // `member` itself has a check and a hint of its own
            guard place != "\(directory.realPath)/member" else { return nil }
            return fails(
                "mounts",
                "\(place) is a mount point below \(at): a rename would leave it behind",
                "unmount it for good, with its line in /etc/fstab or its unit; etcd's --wal-dir takes "
                    + "a log on a disk of its own"
            )
        case .planned(let place, let source):
            return fails(
                "mounts",
                "\(source) mounts something on \(place), below \(at): it would be laid over the "
                    + "restored data",
                "take it out of \(source), or mount it on \(at) itself or outside"
            )
        case .unmounted(let place, let source):
            return fails(
                "mounts",
                "\(source) mounts something on \(place) at boot, and it is not mounted now: it would "
                    + "hide what is restored into \(at)",
                "mount it (`mount \(place)` on the host), or take it out of \(source)"
            )
        case .link(let path, let target, let staysInside):
            return staysInside
                ? warns(
                    "links",
                    "\(path) is a symbolic link to \(target): the restored data has a directory there",
                    "it is renamed with the old data, and back by a rollback"
                )
                : fails(
                    "links",
                    "\(path) is a symbolic link to \(target): a rename would move the link, and leave "
                        + "the data",
                    "put the data itself there while etcd is stopped; a disk of its own is for "
                        + "data-dir, or for --wal-dir"
                )
        case .subvolume(let path):
            return warns(
                "mounts",
                "\(path) is a btrfs subvolume of its own: the restored data has a plain directory "
                    + "there",
                "snapshots of the subvolume will not have the restored data"
            )
        case .workDirectory(let path, let what):
            return fails(
                "mounts",
                "\(path) \(what): data could not be renamed into it",
                "rename it aside on the host, if no run needs what is in it (`rekindle runs`)"
            )
        case .project(let member, let directory):
            return fails(
                "mounts",
                "\(at)/member has the project ID \(member) and \(at) hands down \(directory): the "
                    + "kernel does not rename from one project to another",
                "`chattr -R -p \(directory) \(at)/member` on the host gives them one project"
            )
        case .unknownMounts:
            return fails(
                "mounts",
                "/proc/self/mountinfo cannot be read: what is mounted below \(at) is not known",
                "see that /proc is mounted on the host, and that awk is there"
            )
        }
    }

    private func fails(_ name: String, _ saw: String, _ hint: String) -> Check {
        Check(name, member: member, .fails, saw, hint: hint)
    }

    private func warns(_ name: String, _ saw: String, _ hint: String) -> Check {
        Check(name, member: member, .warns, saw, hint: hint)
    }
}
