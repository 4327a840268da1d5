import Testing

@Suite(
    "A cluster with its WAL in a directory of its own",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("wal", etcd: "3.4", "--wal-dir")
)
struct RestoreWALTests {
    @Test(
        "serves its snapshot after a restore, and is as it was after a rollback",
        arguments: [Damage.oneDead, .dataDeleted]
    )
    func restores(_ damage: Damage) throws {
        try RestoreCase(lab: .current, tool: "etcdctl").restore(after: damage)
    }

    @Test("is finished by resume, or undone, when the run was killed between the two renames")
    func resumes() throws {
        let lost = try CrashCase.interrupt(.current, at: .after("install-wal", members: 1))
        try lost.finish(with: ["resume"])
        CrashCase.handOn(lost)
        let again = try CrashCase.interrupt(.current, at: .before("set-aside-wal"))
        try again.undo(with: ["rollback", "--yes"])
    }
}

@Suite(
    "A cluster whose data directory is a mount point",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("mount", etcd: "3.5", "--mount")
)
struct RestoreMountTests {
    @Test("serves its snapshot after a restore, and is as it was after a rollback")
    func restores() throws {
        try RestoreCase(lab: .current, tool: "etcdutl").restore(after: .nothing)
    }
}

@Suite(
    "A cluster of one member",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("single", members: 1, etcd: "3.5")
)
struct RestoreSingleTests {
    @Test(
        "serves its snapshot after a restore, and is as it was after a rollback",
        arguments: [Damage.nothing, .directoryRemoved]
    )
    func restores(_ damage: Damage) throws {
        try RestoreCase(lab: .current, tool: "etcdutl").restore(after: damage)
    }
}
