import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun

/// Proves that a running cluster is the expected one: every answer against an independent fact.
struct ClusterProver: Sendable {
    let plan: Plan
    let fleet: Fleet
    let expected: ExpectedCluster
    let observer: any RunObserver
    /// Proofs of this run that were made before; those of the data that held are not made again.
    var known: [ProofRecord] = []
    /// Computes a hash from the snapshot, for a compaction that the plan did not foresee.
    var snapshot: HashKVOfSnapshot = { _ in throw NoSnapshotAtHand() }

    /// Asks until all holds, or the time is up, or something is seen that waiting cannot change.
    ///
    /// Each proof is recorded once it is final, held or not, and the data of a member as soon as it
    /// holds; what does not hold is returned.
    func prove(
        within limit: Duration,
        step: String,
        record: (ProofRecord) async throws -> Void
    ) async throws -> [RunFailure] {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var hashes = expected.data.map { SnapshotHashes($0, plan) }
        var kept = expected.data == nil ? KeptProofs() : KeptProofs(known)
        var suspicions: Set<ProofVerdict.Suspicion> = []
        while true {
            let answers = await ask(within: min(.seconds(30), limit), &hashes, kept)
            // what was asked while a signal came in proves nothing, nor the contrary
            if Task.isCancelled { return [] }
            let verdict = ProofVerdict(
                expected: expected,
                answers: answers,
                hashes: hashes,
                kept: kept,
                before: suspicions
            )
            if verdict.isComplete || verdict.cannotChange || clock.now >= deadline {
                for proof in verdict.proofs { try await record(proof) }
                return verdict.failures(step: step, of: plan.kind) {
                    plan.target(named: $0)?.logHint ?? "etcd's log"
                }
            }
            for proof in verdict.proofs where kept.keep(proof) { try await record(proof) }
            suspicions = verdict.suspicions
            observer.waits(for: verdict.openMembers)
            // a cancelled pause ends at once; the loop sees it
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func ask(
        within limit: Duration,
        _ hashes: inout SnapshotHashes?,
        _ kept: KeptProofs
    ) async -> Answers {
        let snapshot = expected.data?.revision
        let first = await each { name in
            let status = await status(of: name, within: limit)
            return await answer(of: name, to: status, at: snapshot)
        }
        await learn(&hashes, from: first)
        // members that agree at the snapshot's revision may still differ in what came after it
        let revisions = first.values.compactMap(\.revision)
        guard revisions.count == expected.members.count, let newest = revisions.max(),
            expected.agreesOnData || expected.data != nil,
            expected.agreesOnData || revisions.contains(where: { $0 != snapshot })
                || cannotBeCompared(first, hashes)
        else { return Answers(byMember: first) }
        let all = await each { name in
            var answer = first[name] ?? MemberAnswer()
            let isOpen = kept[name]["data hash"] == nil
            let own = snapshot.flatMap { isOpen && answer.data(at: $0) == nil ? $0 : nil }
            answer.later = await later(of: name, own: own, newest: newest)
            return answer
        }
        await learn(&hashes, from: all)
        return Answers(byMember: all, comparedAt: newest)
    }

    /// Computes what the snapshot hashes to at each compaction that a member names.
    private func learn(
        _ hashes: inout SnapshotHashes?,
        from answers: [String: MemberAnswer]
    ) async {
        guard let revision = expected.data?.revision else { return }
        let compactions = answers.values.compactMap { $0.data(at: revision)?.compactRevision }
        await hashes?.learn(compactions, from: snapshot)
    }

    /// Whether some member's hash has nothing to be compared with but the other members'.
    private func cannotBeCompared(
        _ answers: [String: MemberAnswer],
        _ hashes: SnapshotHashes?
    ) -> Bool {
        guard let hashes else { return false }
        return answers.values.contains {
            guard let data = $0.data(at: hashes.data.revision),
                case .unknown? = hashes[data.compactRevision]
            else { return false }
            return true
        }
    }

    private func later(of name: String, own: Int64?, newest: Int64) async -> LaterAnswers? {
        guard let link = fleet[name],
            let client = plan.target(named: name).flatMap(EtcdClient.init(target:)),
            let result = try? await link.run(
                ProofScript.later(client: client, own: own, newest: newest),
                limits: CommandLimits(deadline: .seconds(300))
            )
        else { return nil }
        return ProofAnswers(result.outputText).map {
            LaterAnswers(answers: $0, own: own, newest: newest)
        }
    }

    private func each(
        _ question: @escaping @Sendable (String) async -> MemberAnswer
    ) async -> [String: MemberAnswer] {
        await withTaskGroup(of: (String, MemberAnswer).self) { group in
            for member in expected.members {
                group.addTask { (member.name, await question(member.name)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @concurrent
    private func status(of name: String, within limit: Duration) async -> MemberAnswer {
        guard let target = plan.target(named: name), let link = fleet[name] else {
            return MemberAnswer(problem: "there is no link to the host", isFinal: true)
        }
        guard let client = EtcdClient(target: target) else {
            return MemberAnswer(problem: "the member has no client URL to ask", isFinal: true)
        }
        do {
            let result = try await link.run(
                client.status(timeoutSeconds: 3),
                limits: CommandLimits(deadline: limit)
            )
            guard let status = EndpointStatus.single(result.output) else {
                return MemberAnswer(
                    refusedWith: result.outputText + result.lastLines(20),
                    "etcd does not answer: \(result.lastLines(2))"
                )
            }
            return MemberAnswer(
                status: status,
                problem: status.leader == nil ? "there is no leader yet" : nil
            )
        } catch {
            return MemberAnswer(problem: "\(error)")
        }
    }

    /// All else that the member is asked, once it is in a quorum.
    @concurrent
    private func answer(
        of name: String,
        to status: MemberAnswer,
        at revision: Int64?
    ) async -> MemberAnswer {
        guard status.problem == nil, let link = fleet[name],
            let client = plan.target(named: name).flatMap(EtcdClient.init(target:))
        else { return status }
        var answer = status
        do {
            let result = try await link.run(
                ProofScript(client: client, revision: revision, writes: !expected.isReadOnly)
                    .command,
                limits: CommandLimits(deadline: .seconds(300))
            )
            answer.answers = ProofAnswers(result.outputText)
            if answer.answers == nil { answer.problem = result.lastLines(2) }
        } catch {
            answer = MemberAnswer(problem: "\(error)")
        }
        return answer
    }
}

/// The snapshot's bytes are not where they were read from.
package struct NoSnapshotAtHand: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "the snapshot is not at hand" }
}
