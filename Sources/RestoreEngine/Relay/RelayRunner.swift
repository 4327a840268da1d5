import EtcdModel
import RemoteHost
import RestorePlanning
import RestoreRun
import SnapshotSource

/// Sends the snapshot along a chain of hosts, as far as that goes.
///
/// Whatever fails here is told, and is no failure of the run: the uploads that come next look at what
/// each host has, prove it, and send what is missing.
struct RelayRunner: Sendable {
    let engine: Engine
    let relay: SnapshotRelay
    let stage: StageID
    let step: PlannedStep

    /// A host that the relay still needs to fill.
    private struct Wanting {
        var index: Int
        /// How much of its partial copy is proven.
        var kept: UInt64
    }

    /// How often the chain is tried without the hosts that did not answer; each time may take the
    /// five seconds in which a firewall says nothing.
    private static let attempts = 3

    /// Throws where the journal cannot be written, and nothing else.
    @concurrent
    func run() async throws {
        let wanting = await wanting()
        guard wanting.count > 1, !Task.isCancelled else { return }
        let fleet = engine.fleet.apart()
        let turn = await engine.recorder.last
        let doors = wanting.compactMap { want in
            door(relay.hops[want.index], turn, fleet)
        }
        let result: Result<Void, any Error>
        do {
            try await relay(wanting, doors)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for door in doors { await door.close() }
        await fleet.close()
        try result.get()
    }

    private func door(_ hop: SnapshotRelay.Hop, _ turn: Int, _ fleet: Fleet) -> RelayDoor? {
        guard let target = engine.plan.target(named: hop.member), let link = fleet[hop.member]
        else { return nil }
        let total = engine.plan.snapshotBytes
        let observer = engine.observer
        return RelayDoor(
            member: hop.member,
            link: link,
            command: relay.opening(
                hop,
                on: target,
                operator: engine.operator,
                turn: turn
            ),
            deadline: .seconds(step.limits.timeoutSeconds)
        ) { bytes, before in
            observer.sent(
                SentBytes(taken: min(bytes, total), total: total, offset: before, wire: 0),
                to: hop.member
            )
        }
    }

    /// The hosts that lack some of the snapshot; one that cannot be asked is left to its upload.
    private func wanting() async -> [Wanting] {
        await withTaskGroup(of: Wanting?.self) { group in
            for (index, hop) in relay.hops.enumerated() {
                guard let target = engine.plan.target(named: hop.member),
                    let link = engine.fleet[hop.member]
                else { continue }
                let runner = EffectRunner(engine: engine, target: target, link: link, step: step)
                group.addTask {
                    // an older look would not see what the relay is about to write
                    _ = await engine.freshLooks.take(of: target.name)
                    guard case .success(let seen) = await runner.look(),
                        seen.standing(of: .uploadSnapshot, target: target, in: engine.plan)
                            == .ready,
                        let kept = try? await runner.provenOffset(after: seen.partialBytes ?? 0),
                        kept < engine.plan.snapshotBytes
                    else { return nil }
                    return Wanting(index: index, kept: kept)
                }
            }
            var all: [Wanting] = []
            for await want in group { if let want { all.append(want) } }
            return all.sorted { $0.index < $1.index }
        }
    }

    private func relay(_ wanting: [Wanting], _ doors: [RelayDoor]) async throws {
        var absent: [RelayRecord.Absence] = []
        let keys = await keys(doors, &absent)
        let open = wanting.filter { keys[relay.hops[$0.index].member] != nil }
        let offset = open.map(\.kept).min() ?? 0
        var chain: [Int] = []
        if open.count > 1, let form = try? form(open) {
            chain = await introduce(open, keys, offset, form, &absent)
            chain = await connected(chain, doors, &absent)
            if chain.count > 1 {
                return try await send(chain, from: offset, as: form, absent, doors)
            }
        }
        // a signal is no news of a host
        if Task.isCancelled { return }
        try await engine.recorder.record(
            .relayed(RelayRecord(stage: stage, chain: [], offset: offset, absent: absent))
        )
    }

    private func keys(
        _ doors: [RelayDoor],
        _ absent: inout [RelayRecord.Absence]
    ) async -> [String: RelayKeys] {
        var keys: [String: RelayKeys] = [:]
        // all began at once: waiting for one after the other takes as long as the slowest
        for door in doors {
            switch await door.keys(within: .seconds(20)) {
            case .success(let given): keys[door.member] = given
            case .failure(let why):
                absent.append(RelayRecord.Absence(member: door.member, reason: why.reason))
            }
        }
        return keys
    }

    /// All hosts unpack the very same bytes.
    private func form(_ open: [Wanting]) throws -> WireForm {
        let unpackers = open.compactMap {
            engine.plan.target(named: relay.hops[$0.index].member)?.tools.unpackers
        }
        return try engine.wire.form(
            among: unpackers.dropFirst().reduce(unpackers.first ?? []) { $0.intersection($1) }
        )
    }

    /// - Returns: the hosts that took it in.
    private func introduce(
        _ open: [Wanting],
        _ keys: [String: RelayKeys],
        _ offset: UInt64,
        _ form: WireForm,
        _ absent: inout [RelayRecord.Absence]
    ) async -> [Int] {
        let answers = await ask(open.map(\.index)) { index in
            relay.introducing(
                relay.hops[index],
                keys: keys,
                offset: offset,
                kept: open.first { $0.index == index }?.kept ?? 0,
                form: form
            )
        }
        return open.map(\.index).filter { index in
            guard let why = answers[index] else { return true }
            absent.append(RelayRecord.Absence(member: relay.hops[index].member, reason: why))
            return false
        }
    }

    /// The chain without the hosts that the ones before them do not reach.
    private func connected(
        _ given: [Int],
        _ doors: [RelayDoor],
        _ absent: inout [RelayRecord.Absence]
    ) async -> [Int] {
        var chain = given
        var known: [Int: Int] = [:]
        for _ in 0..<Self.attempts {
            let next = Dictionary(uniqueKeysWithValues: zip(chain, chain.dropFirst()))
            let asked = chain.filter { next[$0] != nil && next[$0] != known[$0] }
            if asked.isEmpty || Task.isCancelled { return chain }
            let answers = await ask(asked) { index in
                relay.reaching(from: relay.hops[index], to: next[index] ?? index)
            }
            // why it does not listen a host says itself; nor has it anything to reach others with
            for door in doors {
                guard let why = door.ended,
                    let index = chain.first(where: { relay.hops[$0].member == door.member })
                else { continue }
                chain.removeAll { $0 == index }
                absent.append(RelayRecord.Absence(member: door.member, reason: why))
            }
            for index in asked where chain.contains(index) {
                guard let to = next[index] else { continue }
                guard let why = answers[index] else {
                    known[index] = to
                    continue
                }
                guard chain.contains(to) else { continue }
                chain.removeAll { $0 == to }
                let hop = relay.hops[to]
                absent.append(
                    RelayRecord.Absence(
                        member: hop.member,
                        reason: "not reached from \(relay.hops[index].member) at port "
                            + "\(hop.port): \(why)"
                    )
                )
            }
        }
        // what is left was not asked any more: better none than one that hangs
        let next = zip(chain, chain.dropFirst())
        return next.allSatisfy { known[$0] == $1 } ? chain : []
    }

    /// One short command on each of the hosts, at once.
    ///
    /// - Returns: why it failed, for those where it did.
    private func ask(
        _ indices: [Int],
        _ command: @escaping @Sendable (Int) -> RemoteCommand
    ) async -> [Int: String] {
        await withTaskGroup(of: (Int, String?).self) { group in
            for index in indices {
                group.addTask {
                    guard let link = engine.fleet[relay.hops[index].member] else {
                        return (index, "there is no link to it")
                    }
                    do {
                        let result = try await link.run(
                            command(index),
                            limits: CommandLimits(deadline: .seconds(20))
                        )
                        return (index, result.isSuccess ? nil : RelayDoor.reason(result))
                    } catch {
                        return (index, "\(error)")
                    }
                }
            }
            var failures: [Int: String] = [:]
            for await (index, why) in group { failures[index] = why }
            return failures
        }
    }

    private func send(
        _ chain: [Int],
        from offset: UInt64,
        as form: WireForm,
        _ absent: [RelayRecord.Absence],
        _ doors: [RelayDoor]
    ) async throws {
        var record = RelayRecord(
            stage: stage,
            chain: chain.map { relay.hops[$0].member },
            offset: offset,
            absent: absent
        )
        try await engine.recorder.record(.relayed(record))
        guard let first = record.chain.first, let link = engine.fleet[first] else { return }
        let progress = RelayProgress()
        for door in doors { door.progress(progress) }
        let total = engine.plan.snapshotBytes
        let stream = engine.wire.stream(
            from: offset,
            as: form,
            bandwidth: engine.bandwidth
        ) { [observer = engine.observer] taken, wire in
            progress.note()
            observer.sent(
                SentBytes(taken: taken, total: total, offset: offset, wire: wire),
                to: first
            )
        }
        let sending = Task { () -> String? in
            do {
                let result = try await link.run(
                    relay.taking(along: chain),
                    input: .stream(stream),
                    limits: CommandLimits(deadline: .seconds(step.limits.timeoutSeconds))
                )
                return result.isSuccess ? nil : RelayDoor.reason(result)
            } catch {
                return "\(error)"
            }
        }
        let watching = Task { () -> Bool in
            let stalled = await progress.stalls(for: engine.relayPatience)
            if stalled { sending.cancel() }
            return stalled
        }
        let broke = await withTaskCancellationHandler {
            await sending.value
        } onCancel: {
            sending.cancel()
        }
        watching.cancel()
        let stalled = await watching.value
        if Task.isCancelled { return }
        record.isOver = true
        record.broke =
            stalled ? "nothing moved for \(engine.relayPatience.components.seconds) s" : broke
        try await engine.recorder.record(.relayed(record))
    }
}
