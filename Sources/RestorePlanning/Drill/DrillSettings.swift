import EtcdModel
import RemoteHost

/// What of a drill is not its playbook's.
package struct DrillSettings: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        /// Beside the members, in their data directories.
        case members
        /// All on this machine: sockets lie in `directory`, etcd's output goes to `logs`.
        case here(directory: String, logs: String)
    }

    package var place: Place
    /// Where the scratch members reach one another, on every host; not used on this machine.
    package var peerPort: Int
    /// After so long whatever still runs of it ends by itself.
    package var limitSeconds: Int
    /// Of one processor, for each member.
    package var cpuPercent: Int

    package init(
        place: Place,
        peerPort: Int = DrillSettings.usualPeerPort,
        limitSeconds: Int = 7200,
        cpuPercent: Int = 100
    ) {
        self.place = place
        self.peerPort = peerPort
        self.limitSeconds = limitSeconds
        self.cpuPercent = cpuPercent
    }

    /// etcd's own is 2380, and stays production's.
    package static let usualPeerPort = 12380

    /// What etcd may take for a database of that size; the file itself is mapped, and comes on top.
    package static func memory(for databaseBytes: UInt64) -> UInt64 {
        databaseBytes.multiplied(saturating: 3).adding(saturating: 1 << 30)
    }

    /// - Parameters:
    ///   - run: The drill's.
    ///   - rank: How many of the host's members come before this one.
    /// - Returns: the name of a unit that the host has not.
    package static func unit(of run: RunID, rank: Int = 0) -> String {
        "rekindle-drill-\(run)\(rank == 0 ? "" : "-\(rank + 1)").service"
    }

    /// Members of one host listen on ports of their own, one after the other.
    package func peerPort(rank: Int) -> Int { peerPort + rank }

    func limits(for snapshot: SnapshotProof) -> ScratchLimits {
        ScratchLimits(
            seconds: limitSeconds,
            memoryBytes: Self.memory(for: snapshot.bytes),
            cpuPercent: cpuPercent
        )
    }
}
