import Testing

@Suite(
    "A cluster of etcd 3.5 that was damaged",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("t35", etcd: "3.5")
)
struct Restore35Tests {
    @Test("serves exactly its snapshot after a restore", arguments: Damage.allCases)
    func restores(_ damage: Damage) throws {
        try RestoreCase(lab: .current, tool: "etcdutl").restore(after: damage)
    }

    @Test(
        "is as it was before, newest writes and IDs too, after the rollback of a restore",
        arguments: [Damage.nothing, .oneDead]
    )
    func rollsBack(_ damage: Damage) throws {
        try RestoreCase(lab: .current, tool: "etcdutl").rollBack(after: damage)
    }
}

@Suite(
    "A cluster of etcd 3.4 that was damaged",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("t34", etcd: "3.4")
)
struct Restore34Tests {
    @Test("serves exactly its snapshot after a restore", arguments: Damage.allCases)
    func restores(_ damage: Damage) throws {
        try RestoreCase(lab: .current, tool: "etcdctl").restore(after: damage)
    }

    @Test("is as it was before, newest writes and IDs too, after the rollback of a restore")
    func rollsBack() throws {
        try RestoreCase(lab: .current, tool: "etcdctl").rollBack(after: .nothing)
    }
}
