import EtcdModel
import RestorePlanning
import RestoreRun

/// What became of a run, for a program: the object that `restore --output json` ends with.
package enum RunReportJSON {
    /// IDs are lower-case hex strings; what is not known is null, except that `error` is there only
    /// where something failed, `notBack` only where a unit that depends on etcd did not come back, and
    /// `journal` only where `seal` is given.
    package static func encode(
        _ summary: RunSummary,
        seal: JournalSeal? = nil
    ) throws -> String {
        try JSONText.encode(document(summary, seal))
    }

    private static func document(_ summary: RunSummary, _ seal: JournalSeal?) -> JSONValue {
        let plan = summary.plan
        var document: [String: JSONValue] = [
            "run": .string(plan.run.rawValue),
            "cluster": .string(plan.cluster),
            "kind": .string(plan.kind.rawValue),
            "playbook": .string(plan.playbook),
            "outcome": .string(summary.outcome.rawValue),
            "phase": .string(summary.phase.word),
            "snapshot": plan.snapshot.map(snapshot) ?? .null,
            "clusterID": .optional(summary.clusterID?.description),
            "fenced": .array(
                plan.fenced.map {
                    [
                        "name": .string($0.name), "host": .string($0.host),
                        "reason": .string($0.reason),
                        "left": .array(($0.left ?? []).map { .string($0) }),
                    ]
                }
            ),
            "safetySnapshot": summary.safetySnapshot.map {
                ["member": .string($0.member), "path": .string($0.path)]
            } ?? .null,
            "token": .string(plan.topology.token),
            "members": .array(summary.members.map(member)),
            "phases": .array(summary.begunSteps.map(phase)),
            "steps": .array(plan.steps.indices.map { step($0, summary) }),
            "proofs": .array(summary.state.proofs.map(proof)),
            "stumbles": .array(summary.state.stumbles.map(stumble)),
            "errors": .array(summary.failures.map { error($0, withEvidence: true) }),
            "coordinators": .array(summary.state.coordinators.map(coordinator)),
            "startedAt": .time(summary.state.beganAt),
            "endedAt": .time(summary.endedAt),
            "stoppedAt": .time(summary.state.stoppedAt),
            "provenAt": .time(summary.state.provenAt),
            "downtimeSeconds": .seconds(summary.downtimeSeconds),
            "clientsOutSeconds": .seconds(summary.clientsOut?.seconds),
            "totalSeconds": .seconds(summary.totalSeconds),
            "next": .array(
                summary.requests.map { .string("rekindle \($0.rawValue) \(plan.run)") }
            ),
        ]
        let missing = summary.missingDependents
        if !missing.isEmpty {
            document["notBack"] = .array(
                missing.map { member, unit in
                    [
                        "member": .string(member), "unit": .string(unit.name),
                        "state": .string(unit.state), "log": .array(unit.log.map { .string($0) }),
                    ]
                }
            )
        }
        if let drill = DrillFacts(summary) { document["drill"] = drill.document }
        if let change = summary.inventoryChange { document["inventory"] = change.document }
        if let first = summary.failures.first {
            document["error"] = error(first, withEvidence: false)
        }
        if let seal {
            document["journal"] = [
                "records": .int(Int64(seal.records)), "lastHash": .string(seal.lastHash),
                "tornBytes": .int(Int64(seal.tornBytes)),
            ]
        }
        return .object(document)
    }

    private static func snapshot(_ snapshot: SnapshotReference) -> JSONValue {
        var document: [String: JSONValue] = [
            "path": .string(snapshot.path),
            "sha256": .string(snapshot.proof.sha256),
            "bytes": .unsigned(snapshot.proof.bytes),
            "revision": .int(snapshot.proof.revision),
            "keys": .int(Int64(snapshot.proof.keys)),
            "hashKV": .unsigned(UInt64(snapshot.proof.hashKV)),
        ]
        if let manifest = snapshot.manifest {
            var said: [String: JSONValue] = [
                "member": .string(manifest.member), "takenAt": .string(manifest.takenAt),
            ]
            if let cluster = manifest.cluster { said["cluster"] = .string(cluster) }
            document["manifest"] = .object(said)
        }
        if let other = snapshot.fromCluster { document["fromCluster"] = .string(other) }
        return .object(document)
    }

    private static func member(_ member: RunSummary.MemberSummary) -> JSONValue {
        [
            "name": .string(member.name),
            "host": .string(member.host),
            "memberID": .optional(member.memberID?.description),
            "state": .string(member.state),
            "revision": member.revision.map(JSONValue.int) ?? .null,
            "hashKV": member.hashKV.map { .unsigned(UInt64($0)) } ?? .null,
        ]
    }

    private static func phase(_ step: RunSummary.StepSummary) -> JSONValue {
        [
            "name": .string(step.name),
            "startedAt": .time(step.beganAt),
            "seconds": .seconds(step.seconds),
            "attempts": .int(Int64(step.attempts)),
        ]
    }

    private static func step(_ index: Int, _ summary: RunSummary) -> JSONValue {
        let step = summary.plan.steps[index]
        let stages = step.stages.indices.map { stage -> JSONValue in
            let id = StageID(step: index, stage: stage)
            return [
                "title": .string(step.stages[stage].title),
                "ended": .bool(summary.state.endedStages.contains(id)),
            ]
        }
        return ["name": .string(step.name), "stages": .array(stages)]
    }

    private static func proof(_ proof: ProofRecord) -> JSONValue {
        [
            "name": .string(proof.name),
            "member": .optional(proof.member),
            "expected": .string(proof.expected),
            "observed": .string(proof.observed),
            "holds": .bool(proof.holds),
        ]
    }

    private static func stumble(_ stumble: RunState.Stumble) -> JSONValue {
        [
            "host": .string(stumble.effect.member),
            "effect": .string(stumble.effect.kind.rawValue),
            "attempt": .int(Int64(stumble.attempt)),
            "willRetry": .bool(stumble.willRetry),
            "message": .string(stumble.failure.message),
            "evidence": .optional(stumble.failure.evidence),
            "hint": .optional(stumble.failure.hint),
        ]
    }

    private static func error(_ failure: RunFailure, withEvidence: Bool) -> JSONValue {
        var error: [String: JSONValue] = [
            "host": .optional(failure.host),
            "step": .optional(failure.step),
            "message": .string(failure.message),
            "hint": .optional(failure.hint),
        ]
        if withEvidence { error["evidence"] = .optional(failure.evidence) }
        return .object(error)
    }

    private static func coordinator(_ record: CoordinatorRecord) -> JSONValue {
        [
            "user": .string(record.operator.user),
            "coordinator": .string(record.operator.coordinator),
            "process": .int(Int64(record.process)),
            "version": .string(record.version),
        ]
    }
}
