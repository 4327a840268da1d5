import Glibc
import Synchronization
import Testing

/// A coordinator that is killed leaves hosts in the middle of something: every such middle must
/// lead on to the proven cluster, or back to the old one.
@Suite(
    "A run whose coordinator was killed",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("crash", etcd: "3.5")
)
struct CrashResumeTests {
    @Test(
        "is finished by resume, with the same result as one that was not",
        arguments: [
            .begun,
            .before("take-lock"),
            .before("hold-service"),
            .before("stop-service"),
            .before("upload-snapshot"),
            .after("set-aside-data", members: 1),
            .before("restore-snapshot"),
            .after("set-ownership", members: 1),
            .after("install-data", members: 2),
            .before("start-service"),
            .proving,
            .after("release-lock", members: 1),
        ] as [Moment]
    )
    func resumes(_ moment: Moment) throws {
        let lost = try CrashCase.interrupt(.current, at: moment)
        try lost.finish(with: ["resume"])
        CrashCase.handOn(lost)
    }

    @Test("is finished by resume even when a resume was killed too")
    func resumesAgain() throws {
        let lost = try CrashCase.interrupt(.current, at: .after("set-aside-data", members: 1))
        try CrashCase.kill(lost, ["resume", "--quiet"], at: .before("install-data"))
        try lost.finish(with: ["resume"])
        CrashCase.handOn(lost)
    }

    @Test(
        "is undone by rollback: the old cluster is back with its newest writes",
        arguments: [
            .after("take-lock", members: 1),
            .before("stop-service"),
            .before("upload-snapshot"),
            .after("set-aside-data", members: 1),
            .after("install-data", members: 2),
            .before("start-service"),
            .after("release-lock", members: 1),
        ] as [Moment]
    )
    func rollsBack(_ moment: Moment) throws {
        let lost = try CrashCase.interrupt(.current, at: moment)
        try lost.undo(with: ["rollback", "--yes"])
        CrashCase.handOn(lost)
    }

    @Test(
        "is undone even when the rollback was killed too, by the next one or by resume",
        arguments: zip(
            [["rollback", "--yes"], ["resume"]],
            [.after("discard-data", members: 1), .before("put-back-data")] as [Moment]
        )
    )
    func rollsBackAgain(_ command: [String], _ moment: Moment) throws {
        let lost = try CrashCase.interrupt(.current, at: .before("start-service"))
        try CrashCase.kill(lost, ["rollback", "--yes", "--quiet"], at: moment)
        try lost.undo(with: command)
        CrashCase.handOn(lost)
    }
}

enum CrashCase {
    /// Restores, and kills the coordinator at the given moment.
    static func interrupt(_ lab: Lab, at moment: Moment) throws -> LostCluster {
        // the coordinator may be through before the kill arrives: then it is done over
        for _ in 1...4 {
            let lost = try next(lab)
            let restore = ["restore", "--snapshot", lost.snapshot, "--yes", "--quiet"]
            if try tryToKill(lost, restore, at: moment) { return lost }
            handOn(lost)
        }
        throw Missed(moment: moment)
    }

    static func kill(_ lost: LostCluster, _ command: [String], at moment: Moment) throws {
        guard try tryToKill(lost, command, at: moment) else { throw Missed(moment: moment) }
    }

    private static func tryToKill(
        _ lost: LostCluster,
        _ command: [String],
        at moment: Moment
    ) throws -> Bool {
        let earlier = lost.journal.count(moment)
        let running = try lost.start(command)
        let isThere = lost.journal.wait(for: moment, beyond: earlier, in: running)
        running.kill(SIGKILL)
        let result = try running.finish()
        guard isThere else {
            throw Program.Failed(command: ["rekindle"] + command, result: result)
        }
        return result.status == 128 + SIGKILL
    }

    struct Missed: Error, CustomStringConvertible {
        var moment: Moment
        var description: String { "it was never killed \(moment.testDescription)" }
    }

    // MARK: one case after the other

    private static let left = Mutex<[String: LostCluster]>([:])

    /// The cluster that the case before left in good order, or a fresh one.
    static func next(_ lab: Lab) throws -> LostCluster {
        let before = left.withLock { $0.removeValue(forKey: lab.name) }
        return try before.map(LostCluster.init(after:)) ?? LostCluster(lab)
    }

    static func handOn(_ lost: LostCluster) {
        left.withLock { $0[lost.lab.name] = lost }
    }
}

extension LostCluster {
    /// Finishes the newest run, and asks etcd what came of it.
    func finish(with command: [String]) throws {
        let result = try lab.rekindle(arguments(command + ["--output", "json"]))
        try #require(result.status == 0, "\(result.errorText)")
        let document = try RunDocument(result)
        #expect(document.outcome == "restored")
        try requireRestored()
        let identity = try lab.identity()
        #expect(identity.cluster == document.clusterID)
        #expect(Set(identity.members.values) == Set(document.members.compactMap(\.memberID)))
        try lab.requireTidy(after: document.run)
    }

    /// Undoes the newest run, and asks etcd what came of it.
    func undo(with command: [String]) throws {
        let result = try lab.rekindle(arguments(command + ["--output", "json"]))
        try #require(result.status == 0, "\(result.errorText)")
        #expect(try RunDocument(result).outcome == "rolled-back")
        try requireOldCluster()
        for member in try lab.members {
            let hold = try lab.exec(
                member,
                "ls -d /etc/systemd/system/etcd.service.d \(lab.dataDirectory)/.rekindle/lock || :"
            )
            #expect(hold.outputText.isEmpty)
        }
    }
}
