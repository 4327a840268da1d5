import ClusterInventory
import EtcdModel
import FoundationEssentials
import Glibc
import RemoteHost
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import SnapshotStore

/// What is known of the revisions that a cluster's clients may have seen: from runs, backups and members.
struct KnownRevisions: Sendable {
    let context: CommandContext
    let inventory: Inventory

    /// Asks the hosts as well if the revision is to be raised; a host that does not tell tells nothing.
    func all(
        besides snapshot: SnapshotReference,
        _ findings: [String: MemberFindings],
        _ fleet: Fleet,
        isRaised: Bool
    ) async -> [SeenRevision] {
        let here = here(besides: snapshot)
        guard isRaised else { return here }
        let live = findings.compactMap { name, found in
            found.facts?.live.map { SeenRevision($0.revision, "\(name) serves it") }
        }
        return here + live + (await stored(findings, fleet))
    }

    /// What this machine knows: its runs, its backups, and the manifests beside the snapshot.
    func here(besides snapshot: SnapshotReference) -> [SeenRevision] {
        runs + backups + manifests(beside: snapshot)
    }

    /// The runs that cannot be read tell nothing; `rekindle runs` names them.
    private var runs: [SeenRevision] {
        let runs = (try? context.store.all().runs) ?? []
        return runs.filter { stored in
            guard stored.restore.kind == .restore else { return false }
            if case .other = stored.restore.ownership(by: inventory) { return false }
            return true
        }
        .flatMap(Self.revisions)
    }

    private static func revisions(_ stored: StoredRun) -> [SeenRevision] {
        let plan = stored.restore
        var seen = [plan, stored.current].compactMap(\.outlook.liveRevision)
            .map { SeenRevision($0, "seen by run \(plan.run)") }
        seen += stored.state.proofs.filter { $0.name == "revision" }
            .compactMap { Int64($0.observed) }
            .map { SeenRevision($0, "proven by run \(plan.run)") }
        // a plan that never started a member has shown its revision to nobody
        if let amount = plan.revisionBump, let snapshot = plan.snapshot,
            !stored.state.started.isEmpty
        {
            seen.append(
                SeenRevision(
                    snapshot.proof.revision(raisedBy: amount),
                    "run \(plan.run) raised it to that",
                    isRaised: true
                )
            )
        }
        return seen
    }

    /// The audit log of what was saved.
    private var backups: [SeenRevision] {
        guard let state = try? StateDirectory(existingAt: context.store.path),
            let records = try? AuditLog(in: state).records(BackupRecord.self)
        else { return [] }
        return records.map(\.event).compactMap { record in
            guard record.cluster == inventory.clusterName, let revision = record.revision else {
                return nil
            }
            return SeenRevision(revision, "\(record.snapshot) was saved at it")
        }
    }

    /// What `snapshot save` wrote beside the backups that lie with the snapshot, on this machine.
    private func manifests(beside snapshot: SnapshotReference) -> [SeenRevision] {
        let path = context.preparation.absolute(snapshot.path)
        let folder = MemberPaths.parent(of: path)
        guard access(path, F_OK) == 0,
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { return [] }
        return files.filter { $0.hasSuffix(SnapshotName.manifestSuffix) }.prefix(10_000)
            .compactMap { file in
                let name = String(file.dropLast(SnapshotName.manifestSuffix.count))
                guard let bytes = try? FileBytes.read("\(folder)/\(file)"),
                    let manifest = try? SnapshotManifest(bytes, of: name),
                    manifest.cluster == inventory.clusterName
                else { return nil }
                return SeenRevision(manifest.proof.revision, "\(file) tells it")
            }
    }

    /// The databases on the hosts, the members' own and those that runs set aside, of whatever cluster.
    private func stored(
        _ findings: [String: MemberFindings],
        _ fleet: Fleet
    ) async -> [SeenRevision] {
        await withTaskGroup(of: [SeenRevision].self) { group in
            for (name, found) in findings {
                guard let directory = found.facts?.dataDir?.realPath, let link = fleet[name] else {
                    continue
                }
                group.addTask {
                    let answer = try? await link.run(
                        StoredRevisions.command(dataDir: directory),
                        limits: CommandLimits(deadline: .seconds(60))
                    )
                    return StoredRevisions.read(answer?.outputText ?? "").map {
                        SeenRevision($0.revision, "in \(name):\($0.path)")
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }
}
