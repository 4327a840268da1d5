import Testing

/// What happened to the cluster before anybody called Rekindle.
enum Damage: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case nothing = "every member runs and has newer writes"
    case oneDead = "one member is dead"
    case dataDeleted = "all data is deleted"
    case oneCorrupted = "one member's files are corrupted"
    case directoryRemoved = "the data directories themselves are gone"

    var testDescription: String { rawValue }

    func happen(to lab: Lab) throws {
        let data = try lab.dataDirectory
        let wal = try lab.walDirectory
        let die = "systemctl kill -s KILL etcd; systemctl stop etcd"
        switch self {
        case .nothing:
            break
        case .oneDead:
            try lab.exec(2, "systemctl disable --quiet etcd; \(die)")
        case .dataDeleted:
            for member in try lab.members {
                try lab.exec(member, "\(die); rm -rf \(data)/member \(wal)")
            }
        case .oneCorrupted:
            let log = wal.isEmpty ? "\(data)/member/wal" : wal
            try lab.exec(
                3,
                """
                \(die)
                dd if=/dev/urandom of=\(data)/member/snap/db bs=4096 seek=2 count=40 conv=notrunc
                for f in \(log)/*.wal; do
                    dd if=/dev/urandom of=$f bs=512 seek=1 count=40 conv=notrunc
                done
                systemctl start --no-block etcd
                """
            )
            // it tries again and again, as such a unit does
            let isTrying = try Watchdog.wait(atMost: 30, every: 50_000) {
                try lab.exec(3, "systemctl show -p NRestarts --value etcd").outputText != "0\n"
            }
            try #require(isTrying)
        case .directoryRemoved:
            for member in try lab.members { try lab.exec(member, "\(die); rm -rf \(data)") }
        }
    }

    /// Whether there is an old cluster to go back to.
    var leavesACluster: Bool { self == .nothing || self == .oneDead }

    /// The members that wrote nothing between the damage and the restore.
    var silentMembers: [Int] {
        switch self {
        case .nothing, .dataDeleted, .directoryRemoved: []
        case .oneDead: [2]
        case .oneCorrupted: [3]
        }
    }
}
