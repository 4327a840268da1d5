import EtcdModel
import RemoteHost
package import RestorePlanning

/// Every command that the plans of one run can send to each of their hosts, and what it means.
package struct ModelVocabulary: Sendable {
    /// The operations of an effect, or a question.
    struct Meaning: Sendable {
        var command: ModelCommand
        var operations: [ModelHost.Operation] = []
        /// Where a proof asks for the data; nil for no data proof.
        var revision: Int64?
        /// Where the members' data is compared with one another.
        var newest: Int64 = 0
        /// What a question is answered that has one answer.
        var answer = ""
        /// How much of the snapshot an upload leaves out, as it is there.
        var offset = 0
    }

    private var words: [String: [RemoteCommand: Meaning]] = [:]
    private let members: [String: String]

    /// For a restore and the plans that may follow on it, in this order, and for what gives back a
    /// member's lock that was taken in vain.
    ///
    /// An upload may begin at any of the offsets besides 0.
    package init(
        _ plans: [Plan],
        operator: Operator,
        offsets: [Int] = [],
        giveBack: [String: PlannedEffect] = [:]
    ) {
        let targets = plans.first?.targets ?? []
        members = Dictionary(uniqueKeysWithValues: targets.map { ($0.endpoint.host, $0.name) })
        for target in targets {
            var known: [RemoteCommand: Meaning] = [
                ObservationScript(target: target).command: Meaning(command: .look),
                PartialCopy.question(target): Meaning(command: .partial),
            ]
            if let client = EtcdClient(target: target) {
                known[client.status(timeoutSeconds: 3)] = Meaning(command: .status)
                for proof in plans.flatMap(\.steps).flatMap(\.stages).compactMap(\.proof) {
                    let revision = proof.data?.revision
                    let script = ProofScript(
                        client: client,
                        revision: revision,
                        writes: !proof.isReadOnly
                    )
                    known[script.command] = Meaning(command: .proof, revision: revision)
                    known.merge(Self.later(client, revision)) { first, _ in first }
                }
            }
            for stage in plans.flatMap(\.steps).flatMap(\.stages) {
                for copy in stage.comparison?.copies ?? [] where copy.member == target.name {
                    known[copy.invocation(on: target, operator: `operator`)] = Meaning(
                        command: .compare,
                        answer: String(repeating: "c", count: 64) + "\n"
                    )
                }
                for subject in stage.production?.subjects ?? []
                where subject.member == target.name {
                    known[subject.command] = Meaning(command: .production)
                }
            }
            let effects = plans.flatMap(\.steps).flatMap(\.stages).flatMap(\.effects)
                .filter { $0.member == target.name }
            for effect in effects {
                let command = effect.invocation(on: target, operator: `operator`)
                // both starts are the same command: a restore's name for it stays
                if known[command] == nil {
                    known[command] = Meaning(
                        command: .effect(effect.kind),
                        operations: ModelHost.operations(of: effect.kind, on: target)
                    )
                }
                for offset in effect.readsSnapshot ? offsets : [] {
                    known[
                        effect.invocation(
                            on: target,
                            operator: `operator`,
                            offset: UInt64(offset)
                        )
                    ] = Meaning(
                        command: .effect(effect.kind),
                        operations: ModelHost.operations(of: effect.kind, on: target),
                        offset: offset
                    )
                }
            }
            if let effect = giveBack[target.name] {
                known[effect.invocation(on: target, operator: `operator`)] = Meaning(
                    command: .effect(effect.kind),
                    operations: [ModelHost.removeEmptyRunDirectory]
                        + ModelHost.operations(of: effect.kind, on: target)
                )
            }
            words[target.name] = known
        }
    }

    /// Questions of members that have gone beyond the snapshot, a few revisions at most.
    private static func later(
        _ client: EtcdClient,
        _ revision: Int64?
    ) -> [RemoteCommand: Meaning] {
        var known: [RemoteCommand: Meaning] = [:]
        let last = revision ?? ModelMembership.revision
        for newest in last...last + 12 {
            for own in [revision, nil] {
                known[ProofScript.later(client: client, own: own, newest: newest)] = Meaning(
                    command: .hash,
                    revision: own,
                    newest: newest
                )
            }
        }
        return known
    }

    func meaning(of command: RemoteCommand, on member: String) -> Meaning? {
        // a command is the same at every turn
        var atNoTurn = command
        if case .text(let last) = command.words.last, last.hasPrefix(PlannedEffect.turnMark) {
            atNoTurn.words[command.words.count - 1] = .text("\(PlannedEffect.turnMark)0")
        }
        return words[member]?[atNoTurn]
    }

    func member(at host: String) -> String? { members[host] }
}
