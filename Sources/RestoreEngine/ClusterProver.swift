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

    /// Asks until all holds, or the time is up, or something is seen that waiting cannot change.
    ///
    /// Each proof is recorded once it is final, held or not; what does not hold is returned.
    func prove(
        within limit: Duration,
        step: String,
        record: (ProofRecord) async throws -> Void
    ) async throws -> [RunFailure] {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            let answers = await ask(within: min(.seconds(30), limit))
            // what was asked while a signal came in proves nothing, nor the contrary
            if Task.isCancelled { return [] }
            let verdict = ProofVerdict(
                expected: expected,
                answers: answers.byMember,
                comparedAt: answers.comparedAt
            )
            if verdict.isComplete || verdict.cannotChange || clock.now >= deadline {
                for proof in verdict.proofs { try await record(proof) }
                return verdict.failures(step: step, of: plan.kind) {
                    plan.target(named: $0)?.logHint ?? "etcd's log"
                }
            }
            observer.waits(for: verdict.openMembers)
            // a cancelled pause ends at once; the loop sees it
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func ask(within limit: Duration) async -> Answers {
        let first = await each { name in
            let status = await status(of: name, within: limit)
            return await answer(of: name, to: status, at: expected.data?.revision)
        }
        // members that agree at the snapshot's revision may still differ in what came after it
        let revisions = first.values.compactMap(\.revision)
        guard revisions.count == expected.members.count, let newest = revisions.max(),
            expected.agreesOnData || revisions.contains(where: { $0 != expected.data?.revision }),
            expected.agreesOnData || expected.data != nil
        else { return Answers(byMember: first) }
        let all = await each { name in
            var answer = first[name] ?? MemberAnswer()
            answer.later = await hash(of: name, at: newest)
            return answer
        }
        return Answers(byMember: all, comparedAt: newest)
    }

    private func hash(of name: String, at revision: Int64) async -> EndpointHashKV? {
        guard let link = fleet[name],
            let client = plan.target(named: name).flatMap(EtcdClient.init(target:)),
            let result = try? await link.run(
                client.command(client.hashKV(revision: revision)),
                limits: CommandLimits(deadline: .seconds(300))
            )
        else { return nil }
        return EndpointHashKV.single(result.output)
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
                return MemberAnswer(problem: "etcd does not answer: \(result.lastLines(2))")
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
                ProofScript(client: client, revision: revision).command,
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

/// What all members said, and the revision at which they were compared with one another.
struct Answers: Sendable {
    var byMember: [String: MemberAnswer]
    var comparedAt: Int64?
}

/// What one member said.
struct MemberAnswer: Sendable {
    var status: EndpointStatus?
    var answers: ProofAnswers?
    /// At the newest revision that any member has shown.
    var later: EndpointHashKV?
    /// Why there is no more.
    var problem: String?
    /// Whether asking again is in vain.
    var isFinal: Bool

    init(
        status: EndpointStatus? = nil,
        answers: ProofAnswers? = nil,
        problem: String? = nil,
        isFinal: Bool = false
    ) {
        self.status = status
        self.answers = answers
        self.problem = problem
        self.isFinal = isFinal
    }

    /// The highest that it has shown.
    var revision: Int64? {
        [status?.revision, hashKV?.revision].compactMap { $0 }.max()
    }

    var hashKV: EndpointHashKV? { answers?["hashkv"].flatMap { EndpointHashKV.single($0.bytes) } }
}
