import ClusterInventory
import EtcdModel

/// Whether this machine has what a drill on it needs.
struct LocalDrillChecks {
    let facts: HostFacts
    let members: Int
    let directory: String

    /// Of the checks of a member: what is about programs.
    static let ofConcern: Set<String> = ["reachable", "programs", "etcd tools", "versions"]

    func all(_ snapshot: SnapshotProof) -> [Check] { [program(), room(snapshot), socket()] }

    private func program() -> Check {
        facts.tools.etcd.map { Check("etcd", member: nil, .holds, $0.path) }
            ?? Check(
                "etcd",
                member: nil,
                .fails,
                "there is no etcd on this machine",
                hint: "install it, as with `apt install etcd-server etcd-client`, or name its "
                    + "directory with --bin-dir"
            )
    }

    private func room(_ snapshot: SnapshotProof) -> Check {
        let needed = SpaceNeeds.data(snapshot, hasOwnWAL: false)
            .multiplied(saturating: UInt64(members))
        let free = facts.dataDir?.freeBytes ?? 0
        let text = "\(ByteText.describe(free)) free, \(ByteText.describe(needed)) needed"
        return free >= needed
            ? Check("space", member: nil, .holds, text)
            : Check(
                "space",
                member: nil,
                .fails,
                "\(text) for \(members) members",
                hint: "make room, give another place with --scratch-dir, or fewer --members"
            )
    }

    /// `sun_path` has 108 bytes (unix(7)).
    private func socket() -> Check {
        "\(directory)/m\(members):2379".utf8.count < 108
            ? Check("socket", member: nil, .holds, "its path is short enough")
            : Check(
                "socket",
                member: nil,
                .fails,
                "the path \(directory) is too long for a socket in it",
                hint: "give a shorter one with --scratch-dir"
            )
    }
}
