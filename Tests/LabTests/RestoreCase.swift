import Testing

/// One restore, planned to a file and run from it, judged by etcd's own answers and by the disks.
struct RestoreCase {
    let lab: Lab
    /// The program of etcd that must do the restoring on the hosts.
    let tool: String

    func restore(after damage: Damage) throws {
        let lost = try LostCluster(lab)
        try damage.happen(to: lab)
        let before = try digestsOfOldData(damage.silentMembers)
        #expect(before.allSatisfy { !$0.isEmpty })
        let (plan, document) = try restoreFromPlan(lost)

        try lost.requireRestored()
        let identity = try lab.identity()
        #expect(identity.cluster == plan.clusterID)
        #expect(identity.members == plan.memberIDs)
        #expect(document.outcome == "restored")
        #expect(document.clusterID == plan.clusterID)
        #expect(document.members.map(\.memberID) == plan.targets.map(\.memberID))
        #expect(document.members.allSatisfy { $0.hashKV == lost.savedHash.hashKV })
        #expect(plan.targets.allSatisfy { $0.tools.restore.hasSuffix("/\(tool)") })
        try lab.requireTidy(after: plan.run)
        let aside = try digestsSetAside(damage.silentMembers, run: plan.run)
        #expect(aside == before, "what was set aside is what was there")
        try lab.write(puts: ["/after": "the restore"])
        if damage.leavesACluster {
            try rollBack(lost, plan.run, damage.silentMembers, before)
        }
    }

    private func rollBack(
        _ lost: LostCluster,
        _ run: String,
        _ silent: [Int],
        _ before: [String]
    ) throws {
        let result = try lost.rekindle("rollback", "--yes", "--output", "json")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try RunDocument(result).outcome == "rolled-back")
        for member in silent {
            let state = try lab.exec(member, "systemctl is-active etcd || true").outputText
            #expect(state == "inactive\n", "what was stopped stays stopped")
        }
        #expect(try digestsOfOldData(silent) == before)
        for member in silent { try lab.exec(member, "systemctl start etcd") }
        try lost.requireOldCluster()
        try lab.requireTidy(after: run)
    }

    /// The plan is the run: what is run is the file that was shown.
    private func restoreFromPlan(_ lost: LostCluster) throws -> (PlanDocument, RunDocument) {
        let path = lost.scratch.file("plan.json")
        let planned = try lost.rekindle(
            "plan",
            "--snapshot",
            lost.snapshot,
            "--format",
            "json",
            "--out",
            path
        )
        try #require(planned.status == 0, "\(planned.errorText)")
        let result = try lost.rekindle("restore", "--plan", path, "--yes", "--output", "json")
        try #require(result.status == 0, "\(result.errorText)")
        let plan = try PlanDocument(path: path)
        let document = try RunDocument(result)
        #expect(document.run == plan.run)
        #expect(!plan.topology.token.isEmpty && plan.topology.token != "lab-\(lab.name)")
        return (plan, document)
    }

    private func digestsOfOldData(_ members: [Int]) throws -> [String] {
        let data = try lab.dataDirectory
        let wal = try lab.walDirectory
        return try members.map {
            try lab.digests($0, "\(data)/member") + (wal.isEmpty ? "" : lab.digests($0, wal))
        }
    }

    private func digestsSetAside(_ members: [Int], run: String) throws -> [String] {
        let data = try lab.dataDirectory
        let wal = try lab.walDirectory
        return try members.map {
            try lab.digests($0, "\(data)/.rekindle/\(run)/aside/member")
                + (wal.isEmpty ? "" : lab.digests($0, "\(wal)/../.rekindle-\(run)/aside"))
        }
    }
}
