import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import RunReport
import SnapshotSource
import SnapshotStore

/// From a healthy member to a proven snapshot in its place.
struct SnapshotSaving: Sendable {
    let context: CommandContext
    let inventory: Inventory
    let store: any KeptSnapshots
    let packing: SnapshotPacking
    let surroundings: SourceSurroundings

    /// Nothing has its final name before it is proven; on the member nothing is left.
    func run(from wanted: String?) async throws -> SnapshotManifest {
        let fleet = context.fleet(inventory)
        let result: Result<SnapshotManifest, any Error>
        do { result = .success(try await save(from: wanted, fleet)) } catch {
            result = .failure(error)
        }
        await fleet.close()
        return try result.get()
    }

    private func save(from wanted: String?, _ fleet: Fleet) async throws -> SnapshotManifest {
        let findings = await context.findings(inventory, fleet)
        let member = try chosen(wanted, findings)
        guard let link = fleet[member.name], let etcdctl = member.facts.tools.etcdctl?.path,
            let url = member.url
        else {
            throw SourceFailure(
                "\(member.name) has no etcdctl, or no client URL",
                hint: "`rekindle check` says what is missing"
            )
        }
        let takenAt = Int64(context.world.now)
        context.terminal.note("saving a snapshot on \(member.name) (\(member.role))")
        let client = EtcdClient(program: etcdctl, endpoint: url, tls: member.tls)
        let room = SavedCopy.room(forDatabaseOf: member.live.databaseBytes)
        let answer = try await link.run(
            SavedCopy.save(client, needing: room),
            limits: CommandLimits(deadline: .seconds(660))
        )
        guard answer.isSuccess, let path = SavedCopy.path(answer.outputText) else {
            throw SourceFailure(
                "\(member.name): etcdctl snapshot save: \(answer.ending)",
                evidence: answer.lastLines().split(separator: "\n").map(String.init),
                hint: "`rekindle check` looks at that member; --from NAME takes another one"
            )
        }
        let kept: Result<SnapshotManifest, any Error>
        do { kept = .success(try await keep(path, of: member, takenAt)) } catch {
            kept = .failure(error)
        }
        // uncancelled: a copy of every secret is not left lying there
        let removed = await Task { try? await link.run(SavedCopy.remove(path)) }.value
        if removed?.isSuccess != true {
            context.terminal.problem(
                "\(member.name): \(path) could not be removed",
                hint:
                    "remove it there: it holds every secret of the cluster; the next save removes it "
                    + "after two hours"
            )
        }
        return try kept.get()
    }

    private func keep(
        _ path: String,
        of member: Source,
        _ takenAt: Int64
    ) async throws -> SnapshotManifest {
        let intake = SnapshotIntake(context, surroundings) { [inventory] in context.fleet(inventory)
        }
        let taken = try await intake.open("\(member.name):\(path)")
        let proof = taken.reference.proof
        context.terminal.note(
            "proven: revision \(proof.revision), \(proof.keys) keys, HashKV \(proof.hashKV)"
        )
        let name = SnapshotName(
            cluster: inventory.clusterName,
            takenAt: takenAt,
            suffixes: packing.suffixes
        )
        let (cluster, layers) = (inventory.clusterName, packing.layers)
        let manifest = try await store.keep(
            name,
            try taken.stream(0),
            as: packing,
            proof: proof
        ) { stored in
            SnapshotManifest(
                cluster: cluster,
                takenAt: takenAt,
                member: member.name,
                etcdVersion: member.live.version,
                file: name.file,
                storedBytes: stored.bytes,
                storedSHA256: stored.sha256,
                layers: layers,
                proof: proof,
                writtenBy: "rekindle \(RekindleVersion.text)"
            )
        }
        try BackupLog(context: context).add(.saved, manifest.file, at: store.place, manifest)
        return manifest
    }

    private struct Source {
        var name: String
        var facts: HostFacts
        var live: LiveMember
        var url: String?
        var tls: ClientTLS
        var role: String { live.isLeader ? "the leader" : "a follower" }
    }

    private func chosen(
        _ wanted: String?,
        _ findings: [String: MemberFindings]
    ) throws -> Source {
        let names = inventory.members.map(\.member.name)
        if let wanted, !names.contains(wanted) {
            throw UsageProblem(
                "--from \(wanted): there is no such member",
                hint: KeySuggestion.nearest(to: wanted, among: names).map { "did you mean \($0)?" }
                    ?? "the members are \(names.joined(separator: ", "))"
            )
        }
        let facts = findings.compactMapValues(\.facts)
        guard let name = wanted ?? BackupSource.member(of: names, facts),
            let member = inventory.members.first(where: { $0.member.name == name }),
            let found = facts[name], let live = found.live
        else {
            context.terminal.problem(
                wanted.map { "\($0) does not answer" } ?? "no member is healthy",
                evidence: names.map { "\($0): \(Self.state(findings[$0]))" },
                hint: wanted == nil
                    ? "`rekindle check` says more; --from NAME saves what a member without a leader has"
                    : "leave --from out, and a healthy member is taken"
            )
            throw CommandEnd(status: .refused)
        }
        return Source(
            name: name,
            facts: found,
            live: live,
            url: member.member.clientURLs.first
                ?? found.configuration["advertise-client-urls"]?.split(separator: ",").first
                .map(String.init),
            tls: ClientTLS(cacert: member.etcd.cacert, cert: member.etcd.cert, key: member.etcd.key)
        )
    }

    private static func state(_ finding: MemberFindings?) -> String {
        switch finding {
        case .facts(let facts):
            facts.live.map { $0.leader == nil ? "knows no leader" : "answers" }
                ?? "etcd does not answer (\(facts.unit.activity.detail))"
        case .unreachable(let failure): failure.message
        case .unreadable(let why): why
        case nil: "was not asked"
        }
    }
}
