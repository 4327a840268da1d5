import FoundationEssentials
import Testing

/// One case under way: the cluster, the coordinator, and what chance decided.
final class Scene {
    let lost: LostCluster
    let moment: Moment
    /// The member that the fault strikes.
    let member: Int
    /// What the operator tries first where both would do.
    let prefersRollback: Bool
    var random: SeededGenerator
    /// Where etcd's data is, as the unit and the inventory name it.
    var dataDirectory: String
    var inventory: String
    var snapshot: String
    var stateDirectory: String
    /// Of the first coordinator only: what breaks it is gone when the operator goes on.
    var environment: [String: String] = [:]
    /// The options of `restore`, after the snapshot.
    var options: [String] = []
    /// The coordinator that runs now.
    var running: Program.Running?
    /// Whether only a reset of the lab can undo what this case did.
    var needsFreshLab = false
    /// What the snapshot must bring back, and what a rollback must.
    var saved: Lab.Contents
    var savedHash: SnapshotDocument
    var newest: Lab.Contents
    var oldIdentity: Lab.Identity
    /// Digests of the old data of every member, taken once all were stopped.
    var witnessed: [Int: String] = [:]
    /// The same, taken when a rollback had put it back.
    var putBack: [Int: String] = [:]
    /// What was done and how it ended, for the table.
    var story: [String] = []
    /// What the program said where it did not succeed.
    var said: [String] = []
    /// What every host was like before a run that should be refused.
    var before: [String]?
    /// Whether the restore ended with success.
    var isProven = false
    /// Another coordinator that still runs.
    var second: Program.Running?
    /// What is undone when the case is over, whatever came of it.
    var cleanUps: [() throws -> Void] = []
    /// What a fault leaves for its lift.
    var notes: [String: String] = [:]

    var lab: Lab { lost.lab }
    var journal: JournalWatch { JournalWatch(stateDirectory: stateDirectory) }

    init(_ lost: LostCluster, of fault: Fault, at moment: Moment, seed: UInt64) throws {
        self.lost = lost
        self.moment = moment
        random = SeededGenerator(seed: seed, fault.name + moment.testDescription)
        member = Int.random(in: 1...3, using: &random)
        prefersRollback = Bool.random(using: &random)
        dataDirectory = try lost.lab.dataDirectory
        inventory = try lost.lab.inventory
        snapshot = lost.snapshot
        stateDirectory = lost.stateDirectory
        saved = lost.saved
        savedHash = lost.savedHash
        newest = lost.newest
        oldIdentity = lost.oldIdentity
        if fault.isImpatient { options = ["--playbook", try Self.impatientPlaybook(in: lost)] }
    }

    /// Runs a command on the host that the fault strikes, as root and without SSH.
    @discardableResult
    func onHost(_ script: String) throws -> String { try lab.exec(member, script).outputText }

    /// The words that restore this case's snapshot.
    var restore: [String] { ["restore", "--snapshot", snapshot, "--yes", "--quiet"] + options }

    /// A file of the lab's own, as this machine sees it.
    func labFile(_ name: String) throws -> String { try lab.value("LAB_DIR") + "/" + name }

    /// The same steps with limits of seconds, for what never comes.
    private static func impatientPlaybook(in lost: LostCluster) throws -> String {
        let path = lost.scratch.file("impatient.yaml")
        let steps = [
            "stop-members", "distribute-snapshot", "archive-data", "restore-snapshot",
            "set-ownership", "start-members",
        ]
        let lines = steps.map { "  - \($0): {retries: 1, timeout: 30s}\n" }
        try Data(
            ("name: restore-cluster\ndescription: The usual steps in little time.\nsteps:\n"
                + lines.joined() + "  - verify-cluster: {timeout: 15s}\n").utf8
        ).write(to: URL(filePath: path))
        return path
    }
}
