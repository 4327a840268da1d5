import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import SnapshotSource

/// The snapshot of a run that is taken up again: read anew where a member still has to get it.
struct ResumedSource: Sendable {
    let context: CommandContext
    let stored: StoredRun
    /// The plan that the run goes on with.
    let plan: Plan

    /// Its bytes, from where they were, or from `--snapshot` where they have another place now.
    /// - Throws: `CommandEnd`, `UsageProblem`.
    func bytes(_ given: String?, _ options: SourceOptions) async throws -> SnapshotBytesFrom {
        // a change of a member has no snapshot to send
        guard let reference = plan.snapshot else {
            return SnapshotBytesFrom { _ in throw NothingToSend() }
        }
        guard given != nil || isNeeded else { return unread(reference, options) }
        let run = stored.directory.id
        guard let place = given ?? (reference.path == "-" ? nil : reference.path) else {
            context.terminal.problem(
                "run \(run) was given its snapshot on standard input, and a member still needs it",
                hint: "give the same bytes again: `… | rekindle resume \(run) --snapshot -`, or "
                    + "name a file with them"
            )
            throw CommandEnd(status: .invalidInput)
        }
        let whole = stored.whole
        var options = options
        options.fromCluster = options.fromCluster ?? reference.fromCluster
        let intake = try SnapshotIntake(
            context,
            options,
            of: whole.cluster,
            otherWay: given == nil
                ? "name another place of it with `rekindle resume \(run) --snapshot S`" : nil
        ) { [context] in context.fleet(whole) }
        let taken = try await intake.take(place)
        guard taken.reference.proof.sha256 == reference.proof.sha256 else {
            context.terminal.problem(
                "\(place) is not the snapshot that the run began with",
                evidence: ["it has SHA-256 \(taken.reference.proof.sha256)"],
                hint: "the run began with SHA-256 \(reference.proof.sha256); give that one with "
                    + "--snapshot, or `rekindle rollback`"
            )
            throw CommandEnd(status: .invalidInput)
        }
        return taken.stream
    }

    /// Whether some member may still have to be sent it, by what the journal tells.
    private var isNeeded: Bool {
        switch plan.kind {
        case .rollback, .unjoin, .clean, .drill, .member: return false
        case .restore, .join: break
        }
        // members that were fenced are still to get theirs
        if case .completed = stored.state.phase { return true }
        for (stepIndex, step) in plan.steps.enumerated() {
            for (stageIndex, stage) in step.stages.enumerated() {
                for effect in stage.effects where effect.readsSnapshot {
                    let id = EffectID(
                        stage: StageID(step: stepIndex, stage: stageIndex),
                        member: effect.member,
                        kind: effect.kind
                    )
                    guard case .settled = stored.state.effects[id] else { return true }
                }
            }
        }
        return false
    }

    /// For the case that a host has lost the copy that it had: a file is there to be sent again; and
    /// for the case that the proof needs a hash that only the snapshot's bytes tell.
    private func unread(
        _ reference: SnapshotReference,
        _ options: SourceOptions
    ) -> SnapshotBytesFrom {
        let source = self
        let run = stored.directory.id
        let hashKV: HashKVOfSnapshot = { range in
            try await source.read(reference, options).hashKV(range)
        }
        if reference.path.hasPrefix("/"), reference.layers == nil {
            return SnapshotBytesFrom(hashKV: hashKV) {
                try FileByteStream(path: reference.path, from: $0)
            }
        }
        return SnapshotBytesFrom(hashKV: hashKV) { _ in throw SnapshotNotAtHand(run: run) }
    }

    /// Reads the snapshot from where it was.
    /// - Throws: `SourceFailure`, and what reading throws.
    private func read(
        _ reference: SnapshotReference,
        _ options: SourceOptions
    ) async throws -> SnapshotBytesFrom {
        let hint = "give it with `rekindle resume \(stored.directory.id) --snapshot S`"
        guard reference.path != "-" else {
            throw SourceFailure("it was given on standard input", hint: hint)
        }
        let whole = stored.whole
        // the bytes are what counts: whose they are was asked when the run began
        let intake = try SnapshotIntake(context, options, of: nil) { [context] in
            context.fleet(whole)
        }
        let taken = try await intake.open(reference.path)
        guard taken.reference.proof.isOfSameFile(as: reference.proof) else {
            throw SourceFailure("\(reference.path) is another snapshot by now", hint: hint)
        }
        return taken.stream
    }
}

/// A host lost its copy after every member had one, and so nobody read the source again.
struct SnapshotNotAtHand: Error, CustomStringConvertible {
    let run: String

    var description: String {
        "the snapshot has to be sent again, and was not read: every member had its copy; give it "
            + "with `rekindle resume \(run) --snapshot S`"
    }
}
