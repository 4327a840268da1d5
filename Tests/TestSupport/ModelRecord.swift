import EtcdModel
import RemoteHost
import RestorePlanning

/// The model cluster and all that happened to it.
struct ModelRecord {
    var cluster: ModelCluster
    var faults: [ModelSighting: [ModelFault]] = [:]
    var sightings: [ModelSighting] = []
    var connections: [String] = []
    var completed: [ModelSighting: Int] = [:]
    var violations: [String] = []
    /// Attempts to connect that are still to fail.
    var unreachable: [String: Int] = [:]

    init(cluster: ModelCluster) {
        self.cluster = cluster
    }

    func look(at member: String) -> CommandResult {
        let told = cluster.told(by: member)
        let text = cluster.hosts[member]?.observation(besides: told) ?? ""
        return CommandResult(ending: .exited(0), output: Array(text.utf8))
    }

    func partial(on member: String) -> CommandResult {
        let bytes = cluster.hosts[member]?.partial ?? []
        return CommandResult(
            ending: .exited(0),
            output: Array("\(bytes.count) \(SHA256Text.hex(of: bytes))\n".utf8)
        )
    }

    /// What an upload that begins at an offset finds there.
    func kept(on member: String, _ offset: Int) -> [UInt8] {
        Array(cluster.hosts[member]?.partial.prefix(offset) ?? [])
    }

    /// Runs an effect to its end, behind the guard that every effect but the lock itself has.
    mutating func run(
        _ operations: [ModelHost.Operation],
        on member: String,
        as kind: EffectKind
    ) -> CommandResult {
        let command = ModelCommand.effect(kind)
        if kind != .takeLock, cluster.hosts[member]?.isLockedByRun != true {
            return Self.exit(PlannedEffect.lockLostStatus, "the lock is not this run's")
        }
        if let failure = apply(operations[...], on: member, for: command)
            ?? changeMembership(kind, by: member)
        {
            return Self.exit(failure.status, failure.message)
        }
        completed[ModelSighting(member: member, command: command), default: 0] += 1
        return look(at: member)
    }

    private mutating func changeMembership(
        _ kind: EffectKind,
        by member: String
    ) -> ModelHost.CommandFailure? {
        let failure = cluster.changeMembership(kind, by: member)
        // a learner that lags is the world; all else that etcd refuses would be our own doing
        if let failure, failure.message != ModelMembership.notInSync {
            violations.append("\(member), \(kind): \(failure.message)")
        }
        return failure
    }

    /// - Returns: why it stopped before the end; nil where it did not.
    mutating func apply(
        _ operations: ArraySlice<ModelHost.Operation>,
        on member: String,
        for command: ModelCommand
    ) -> ModelHost.CommandFailure? {
        guard var host = cluster.hosts[member] else { return nil }
        defer { cluster.hosts[member] = host }
        for operation in operations {
            do {
                try operation(&host)
            } catch let failure as ModelHost.CommandFailure {
                // that another holds the lock is the world; the rest would be our own doing
                if failure.status != PlannedEffect.lockLostStatus {
                    violations.append("\(member), \(command): \(failure.message)")
                }
                return failure
            } catch {
                violations.append("\(member), \(command): \(error)")
                return ModelHost.CommandFailure(message: "\(error)")
            }
            if let violation = host.violation {
                violations.append("\(member), after \(command): \(violation)")
            }
        }
        return nil
    }

    private static func exit(_ status: Int32, _ text: String) -> CommandResult {
        CommandResult(ending: .exited(status), errorOutput: Array("\(text)\n".utf8))
    }
}
