package import RemoteHost
package import RestorePlanning
import Synchronization

/// Model hosts behind connections: recognises every command of the plans that it is made for, does
/// to its hosts what the command would do, and fails on any other.
package final class ModelFleet: HostConnector {
    package typealias Hook = @Sendable (ModelSighting) async -> Void

    private let vocabulary: ModelVocabulary
    private let record: Mutex<ModelRecord>
    private let snapshot: [UInt8]
    private let hook: Hook

    /// Hosts as they were when the restore was planned.
    ///
    /// An upload must bring the bytes of the snapshot; the hook is awaited when a command reaches a
    /// host, before it does anything.
    package init(
        _ restore: Plan,
        _ vocabulary: ModelVocabulary,
        snapshot: [UInt8],
        hook: @escaping Hook = { _ in }
    ) {
        self.vocabulary = vocabulary
        self.snapshot = snapshot
        self.hook = hook
        record = Mutex(ModelRecord(cluster: ModelCluster(restore)))
    }

    /// Hosts as the other ones are now, with all that happened to them.
    package init(copying other: ModelFleet, hook: @escaping Hook = { _ in }) {
        vocabulary = other.vocabulary
        snapshot = other.snapshot
        self.hook = hook
        record = Mutex(other.record.withLock { $0 })
    }

    /// The hosts as they are now, by the member's name.
    package var hosts: [String: ModelHost] { record.withLock(\.cluster.hosts) }
    /// Who belongs to the cluster now; nil where the plan does not change that.
    package var membership: ModelMembership? { record.withLock(\.cluster.membership) }
    /// Every command that reached a host, in order.
    package var sightings: [ModelSighting] { record.withLock(\.sightings) }
    /// Every connection that was asked for: the members' names, in order.
    package var connections: [String] { record.withLock(\.connections) }
    /// What must never happen and did: empty at the end of every test.
    package var violations: [String] { record.withLock(\.violations) }

    /// How often an effect ran to its end on a host.
    package func completions(of kind: EffectKind, on member: String) -> Int {
        record.withLock {
            $0.completed[ModelSighting(member: member, command: .effect(kind)), default: 0]
        }
    }

    /// Changes a host behind the run's back.
    package func change(_ member: String, _ change: (inout ModelHost) -> Void) {
        record.withLock { record in
            if var host = record.cluster.hosts[member] {
                change(&host)
                record.cluster.hosts[member] = host
            }
        }
    }

    package func trouble(_ member: String, _ change: (inout ModelTrouble) -> Void) {
        record.withLock { change(&$0.cluster.troubles[member, default: ModelTrouble()]) }
    }

    /// Makes the next of these commands on the host go wrong; called again, the one after that.
    package func fail(_ command: ModelCommand, on member: String, _ fault: ModelFault) {
        let sighting = ModelSighting(member: member, command: command)
        record.withLock { $0.faults[sighting, default: []].append(fault) }
    }

    /// From now on nothing goes wrong that was to.
    package func forgetFaults() { record.withLock { $0.faults = [:] } }

    /// Makes the next attempts to connect to the host fail.
    package func makeUnreachable(_ member: String, attempts: Int) {
        record.withLock { $0.unreachable[member] = attempts }
    }

    package func connect(to endpoint: HostEndpoint) async throws -> any HostConnection {
        let host = endpoint.host
        guard let member = vocabulary.member(at: host) else {
            throw HostFailure(.unreachable, host: host, "cannot resolve \(host): no model of it")
        }
        let isReachable = record.withLock { record in
            record.connections.append(member)
            let left = record.unreachable[member, default: 0]
            record.unreachable[member] = max(0, left - 1)
            return left == 0
        }
        guard isReachable else {
            throw HostFailure(.unreachable, host: host, "no route to \(host)", hint: "wire it")
        }
        return ScriptedHost(host: host) { try await self.answer(member, host, $0, $1) }.connect()
    }

    private func answer(
        _ member: String,
        _ host: String,
        _ command: RemoteCommand,
        _ input: CommandInput
    ) async throws -> CommandResult? {
        guard let meaning = vocabulary.meaning(of: command, on: member) else {
            record.withLock { $0.violations.append("\(member) cannot know \(command)") }
            return nil
        }
        let sighting = ModelSighting(member: member, command: meaning.command)
        let fault = record.withLock { record -> ModelFault? in
            record.sightings.append(sighting)
            guard record.faults[sighting]?.isEmpty == false else { return nil }
            return record.faults[sighting]?.removeFirst()
        }
        await hook(sighting)
        let broken = HostFailure(.disconnected, host: host, "the connection broke")
        switch fault {
        case nil:
            return try perform(meaning, on: member, input)
        case .lost(.beforeEffect):
            throw broken
        case .lost(.inTheMiddle) where meaning.command == .effect(.uploadSnapshot):
            let bytes = try input.allBytes()
            change(member) { $0.partial += bytes.prefix(bytes.count / 2) }
            throw broken
        case .lost(.inTheMiddle):
            let half = meaning.operations.prefix(meaning.operations.count / 2)
            record.withLock { _ = $0.apply(half, on: member, for: meaning.command) }
            throw broken
        case .lost(.afterEffect):
            _ = try perform(meaning, on: member, input)
            throw broken
        case .exits(let status, let text):
            return CommandResult(ending: .exited(status), errorOutput: Array("\(text)\n".utf8))
        case .hangs:
            while true { try await Task.sleep(for: .seconds(3600)) }
        case .garbles:
            return CommandResult(ending: .exited(0), output: Array("half an ans".utf8))
        case .lies(let answer):
            var result = try perform(meaning, on: member, input)
            result.output = answer.made(of: result.output)
            return result
        }
    }

    private func perform(
        _ meaning: ModelVocabulary.Meaning,
        on member: String,
        _ input: CommandInput
    ) throws -> CommandResult {
        let bytes = try input.allBytes()
        return record.withLock { record in
            switch meaning.command {
            case .look: return record.look(at: member)
            case .status: return record.cluster.status(of: member)
            case .proof: return record.cluster.proof(of: member, at: meaning.revision)
            case .hash:
                return record.cluster.later(
                    of: member,
                    own: meaning.revision,
                    newest: meaning.newest
                )
            case .partial: return record.partial(on: member)
            case .compare:
                return CommandResult(ending: .exited(0), output: Array(meaning.answer.utf8))
            case .production:
                let text = record.cluster.hosts[member]?.productionLook ?? ""
                return CommandResult(ending: .exited(0), output: Array(text.utf8))
            case .effect(let kind):
                if kind == .uploadSnapshot,
                    record.kept(on: member, meaning.offset) + bytes != snapshot
                {
                    return CommandResult(
                        ending: .exited(65),
                        errorOutput: Array("got \(bytes.count) bytes with SHA-256 other\n".utf8)
                    )
                }
                return record.run(meaning.operations, on: member, as: kind)
            }
        }
    }
}
