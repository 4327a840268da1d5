import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun
import Testing

@testable import TestSupport

/// One thing taken out of the house's rules, and what must come of it.
struct Mutation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let law: Law
    /// Lines that its story must have, in this order.
    let story: [String]
    var limits = Search.Limits(faults: 1, events: 0)
    var cluster = ModelClusters.alike
    let change: @Sendable (inout HouseRules) -> Void

    static let all: [Mutation] = [
        Mutation(
            testDescription: "members do not wait for one another before they start",
            law: .restoredTogether,
            story: [
                "restore: all members pass `set-ownership, chown`",
                "etcd-1: does install-data",
                "etcd-1: does start-service (1 of 2)",
                "etcd-1: does start-service (2 of 2)",
            ]
        ) { rules in
            rules.restore.steps.change("start-members") { $0.mergeStages(0, 1) }
        },
        Mutation(
            testDescription: "a rollback does not wait until every member is stopped",
            law: .restoredTogether,
            story: ["operator: rollback", "etcd-3: does discard-data"]
        ) { rules in
            rules.rollback.steps.merge("stop-members", with: "discard-restored")
        },
        Mutation(
            testDescription: "a rollback skips the hold",
            law: .revertible,
            story: []
        ) { rules in
            rules.rollback.steps.change("stop-members") { $0.stages.removeFirst() }
        },
        Mutation(
            testDescription: "systemd is not told of the hold, and the look does not ask",
            law: .nothingMovesUnderEtcd,
            story: [
                "operator: resume, and nothing disturbs it",
                "restore: all members pass `stop-members, hold every unit`",
                "etcd-1: fails to set-aside-data: a rename while etcd runs or could start",
            ]
        ) { rules in
            rules.judge { look, _ in look.service.isHoldLoaded = look.service.heldBy != nil }
            rules.replaceOperations(of: .holdService) { target in
                [{ $0.hold = target.paths.run }]
            }
        },
        Mutation(
            testDescription: "the marker of a whole restore is not asked for",
            law: .revertible,
            story: [
                "etcd-1: does restore-snapshot (4 of 7)",
                "the coordinator is killed in `restore-snapshot, restore into staging`",
                "operator: resumes the restore",
                "etcd-1: does install-data",
                "operator: rollback, and nothing disturbs it",
                "etcd-1: is refused: /var/lib/etcd/member holds the data of nobody that its WAL names: "
                    + "neither what run \(ModelClusters.run) restored nor what was there before it",
            ]
        ) { rules in
            rules.judge { look, restored in
                guard look.staged.hasMember else { return }
                look.isRestoreMarked = true
                look.staged.identity = restored
            }
        },
        Mutation(
            testDescription: "a rollback discards whatever is in place",
            law: .revertible,
            story: []
        ) { rules in
            rules.judgeEffect(.discardData) { look in look.data.hasMember ? .ready : .done }
        },
        Mutation(
            testDescription: "data is set aside over what was set aside before",
            law: .oneLiveDirectory,
            story: [
                "restore: all members pass `start-members, put the restored data in place`",
                "etcd-1: does set-aside-data",
            ],
            limits: Search.Limits(faults: 0, events: 0, laws: [.oneLiveDirectory])
        ) { rules in
            // a playbook that sets aside twice, by an effect that looks at nothing but the place
            let again = rules.restore.steps.first { $0.name == "archive-data" }?.stages ?? []
            rules.restore.steps.change("start-members") { step in
                step.stages.insert(contentsOf: again, at: 1)
            }
            rules.judgeEffect(.setAsideData) { look in look.data.hasMember ? .ready : .done }
            rules.replaceOperations(of: .setAsideData) { _ in
                [
                    { host in
                        host.aside.member = host.data.member
                        host.data.member = nil
                    }
                ]
            }
        },
        Mutation(
            testDescription: "the members of a rollback do not wait for one another at all",
            law: .oneCluster,
            story: [
                "restore: all members pass `start-members, start every member`",
                "operator: rollback",
                "etcd-1: does put-back-data",
                "etcd-1: does start-old-service (2 of 2)",
            ],
            limits: Search.Limits(faults: 0, events: 0, laws: [.oneCluster])
        ) { rules in
            for name in ["discard-restored", "put-back", "start-members"] {
                rules.rollback.steps.merge("stop-members", with: name)
            }
        },
        Mutation(
            testDescription: "a rollback does not put back what was set aside",
            law: .rolledBackIsOld,
            story: [
                "etcd-1: does set-aside-data", "operator: rollback, and nothing disturbs it",
                "rollback: is completed",
            ],
            limits: Search.Limits(faults: 1, events: 0, laws: [.rolledBackIsOld])
        ) { rules in
            rules.judgeEffect(.putBackData) { _ in .done }
            rules.judgeEffect(.startOldService) { _ in .ready }
            rules.rollback.steps.removeAll { $0.name == "verify-cluster" }
        },
        Mutation(
            testDescription: "a refusal has no hint",
            law: .resumable,
            story: ["operator: resume, and nothing disturbs it"]
        ) { rules in
            rules.judgeEffect(.setOwnership) { _ in .refused(Refusal("so it is", hint: "")) }
        },
        Mutation(
            testDescription: "a resume does not start again what had been started",
            law: .revertible,
            story: [
                "etcd-1: etcd dies and stays down",
                "operator: rollback, and nothing disturbs it",
                "rollback: the proof does not hold",
            ],
            limits: Search.Limits(faults: 0, events: 1)
        ) { $0.startsAgain = false },
        Mutation(
            testDescription: "a rollback stops nothing, whatever was stopped",
            law: .revertible,
            story: ["operator: rollback, and nothing disturbs it"],
            limits: Search.Limits(faults: 1, events: 0)
        ) { $0.isUntouched = { _ in true } },
        Mutation(
            testDescription: "the hash must be the plan's, whatever was compacted meanwhile",
            law: .resumable,
            story: [
                "etcd-1: is compacted below the snapshot's revision",
                "operator: resume, and nothing disturbs it",
                "restore: the proof does not hold",
            ],
            limits: Search.Limits(faults: 0, events: 1)
        ) { $0.proves = { CompactedCluster($0).isProven(readsSnapshot: false) } },
        Mutation(
            testDescription: "the hash is asked for also where it was compacted away",
            law: .resumable,
            story: [
                "etcd-1: is written to, and compacted beyond the snapshot",
                "operator: resume, and nothing disturbs it",
                "restore: the proof does not hold",
            ],
            limits: Search.Limits(faults: 0, events: 1)
        ) { $0.proves = { CompactedCluster($0).isProven(asksLater: false) } },
        Mutation(
            testDescription: "a run ends with its locks on",
            law: .completedLeavesNothing,
            story: [
                "restore: all members pass `verify-cluster, prove every member`",
                "restore: is completed",
            ]
        ) { rules in
            rules.restore.steps.change("finish") { step in
                for index in step.stages.indices {
                    step.stages[index].effects.removeAll { $0.kind == .releaseLock }
                }
            }
        },
        Mutation(
            testDescription: "an unfinished run may be cleaned",
            law: .journalFolds,
            story: []
        ) { rules in
            let shipped = rules.refusal
            rules.refusal = { $1 == .clean ? nil : shipped($0, $1) }
        },
        Mutation(
            testDescription: "a look does not wait for an earlier command",
            law: .revertible,
            story: [
                "etcd-1: looks: set-aside-data may run",
                "the coordinator is killed in `archive-data, rename aside`",
                "operator: rollback",
                "etcd-1: looks: put-back-data is done",
                "etcd-1: the command left alone does set-aside-data",
                "rollback: all members pass `put-back, rename back`",
            ]
        ) { $0.looksWait = false },
        Mutation(
            testDescription: "a look does not wait, and etcd would begin an empty cluster",
            law: .oneLiveDirectory,
            story: [
                "etcd-1: looks: put-back-data is done",
                "etcd-1: looks: start-old-service may run",
                "etcd-1: the command left alone does set-aside-data",
                "etcd-1: does start-old-service (1 of 2)",
            ],
            limits: Search.Limits(faults: 1, events: 0, laws: [.oneLiveDirectory])
        ) { $0.looksWait = false },
        Mutation(
            testDescription: "a look sees a hold that an earlier command is about to lift",
            law: .nothingMovesUnderEtcd,
            story: [
                "operator: rollback",
                "etcd-1: the command left alone does start-service (1 of 2)",
                "etcd-1: fails to discard-data: a rename while etcd runs or could start",
            ],
            limits: Search.Limits(faults: 1, events: 0, laws: [.nothingMovesUnderEtcd])
        ) { $0.looksWait = false },
        Mutation(
            testDescription: "nobody asks whose data is in place before it is stopped",
            law: .othersStay,
            story: [
                "another coordinator's run restores the cluster, and ends",
                "rollback: all members pass `take-locks, lock`",
            ],
            limits: Search.Limits(faults: 0, events: 1, laws: [.othersStay])
        ) { rules in
            let restored = rules.restore.clusterID
            let bytes = rules.restore.snapshotBytes
            rules.standing = { look, kind, target in
                look.standing(
                    of: kind,
                    target: target,
                    restored: WALIdentity(memberID: target.memberID, clusterID: restored),
                    snapshotBytes: bytes,
                    leavesData: true
                )
            }
        },
        Mutation(
            testDescription: "a fenced member is waited for all the same",
            law: .fenceable,
            story: ["etcd-1: its host is lost for good"],
            limits: Search.Limits(faults: 1, events: 0, laws: [.fenceable])
        ) { $0.leavesOut = false },
        Mutation(
            testDescription: "nobody counts whether a fenced rollback leaves a quorum",
            law: .fenceable,
            story: ["operator: rollback, fencing member 1, and nothing disturbs it"],
            limits: Search.Limits(faults: 1, events: 0, laws: [.fenceable]),
            cluster: .unlike
        ) { rules in
            rules.fence = { _, _, _ in Check("quorum", member: nil, .holds, "nobody counted") }
        },
    ]
}

extension HouseRules {
    /// Lets every effect be judged by a look that was tampered with.
    mutating func judge(_ tamper: @escaping (inout MemberObservation, WALIdentity) -> Void) {
        let shipped = standing
        let clusterID = restore.clusterID
        standing = { look, kind, target in
            var look = look
            tamper(&look, WALIdentity(memberID: target.memberID, clusterID: clusterID))
            return shipped(look, kind, target)
        }
    }

    mutating func judgeEffect(
        _ kind: EffectKind,
        _ judge: @escaping (MemberObservation) -> EffectStanding
    ) {
        let shipped = standing
        standing = { $1 == kind ? judge($0) : shipped($0, $1, $2) }
    }

    mutating func replaceOperations(
        of kind: EffectKind,
        _ operations: @escaping (MemberTarget) -> [ModelHost.Operation]
    ) {
        let shipped = self.operations
        self.operations = { $0 == kind ? operations($1) : shipped($0, $1) }
    }
}

extension [PlannedStep] {
    mutating func change(_ name: String, _ change: (inout PlannedStep) -> Void) {
        for index in indices where self[index].name == name { change(&self[index]) }
    }

    /// Makes one stage of two steps' stages.
    mutating func merge(_ first: String, with second: String) {
        let stages = filter { $0.name == second }.flatMap(\.stages)
        removeAll { $0.name == second }
        change(first) { step in
            step.stages += stages
            while step.stages.count > 2 { step.mergeStages(1, 2) }
        }
    }
}

extension PlannedStep {
    mutating func mergeStages(_ first: Int, _ second: Int) {
        stages[first].effects += stages[second].effects
        stages.remove(at: second)
    }
}
