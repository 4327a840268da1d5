import Testing

@Suite(
    "A cluster of etcd 3.5 that was damaged",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("t35", etcd: "3.5")
)
struct Restore35Tests {
    @Test(
        "serves its snapshot after a restore, and is as it was after a rollback",
        arguments: Damage.allCases
    )
    func restores(_ damage: Damage) throws {
        try RestoreCase(lab: .current, tool: "etcdutl").restore(after: damage)
    }
}

@Suite(
    "A cluster of etcd 3.4 that was damaged",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("t34", etcd: "3.4")
)
struct Restore34Tests {
    @Test(
        "serves its snapshot after a restore, and is as it was after a rollback",
        arguments: [Damage.nothing, .oneDead, .dataDeleted, .oneCorrupted]
    )
    func restores(_ damage: Damage) throws {
        try RestoreCase(lab: .current, tool: "etcdctl").restore(after: damage)
    }
}
