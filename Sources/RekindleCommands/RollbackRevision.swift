import EtcdModel
import RestorePlanning
import RestoreRun
import RunJournal

/// Whether a rollback would let the revision go back under clients that have watched the restored cluster.
///
/// A client that watches from a revision which the cluster does not have yet gets no error and no event, ever.
struct RollbackRevision {
    let stored: StoredRun
    /// Why the operator lets it go back; nil if nobody said so.
    let word: String?

    private var goesBack: Bool { stored.state.mayHaveBeenWatched(stored.restore) }

    private var raised: Int64? {
        stored.restore.snapshot.flatMap { snapshot in
            stored.restore.revisionBump.map { snapshot.proof.revision(raisedBy: $0) }
        }
    }

    /// Refuses a rollback under which clients would go deaf, unless the operator gave the word for it.
    func requireConsent(_ terminal: Terminal) throws(CommandEnd) {
        guard goesBack, word == nil else { return }
        let run = stored.directory.id
        let old = stored.restore.outlook.liveRevision
        terminal.problem(
            "cannot roll back run \(run): clients have watched the restored cluster, from revision "
                + "\(raised ?? 0) on; \(old.map { "the old one was at \($0)" } ?? "the old one is below")",
            evidence: [
                "a kubelet, controller or informer that goes on from there hears nothing any more, and gets "
                    + "no error",
                "no host was changed",
            ],
            hint:
                "\(wayBack); or, if every client that watches is restarted afterwards: `rekindle rollback "
                + "\(run) --revision-goes-back REASON`"
        )
        throw CommandEnd(status: .refused)
    }

    /// How the old data comes back at a higher revision.
    private var wayBack: String {
        let safety = stored.restore.safetySnapshot
        let first =
            safety == nil
            ? "`rekindle snapshot recover --set-aside \(run) --to DEST`, then " : ""
        let playbook = stored.restore.playbook
        let place = safety.map { "\($0.member):\($0.path)" } ?? "DEST/FILE"
        return "bring the old data back at a higher revision: " + first
            + "`rekindle restore --playbook \(playbook) --bump-revision auto --snapshot \(place)`"
    }

    private var run: String { stored.directory.id }

    /// What the rollback's plan and report tell of it.
    var warnings: [String] {
        guard goesBack, let word else { return [] }
        return [
            "the revision goes back from \(raised ?? 0) and later, on the operator's word: \(word). Restart "
                + "every client that has watched, each kubelet and controller too: it would hear nothing any "
                + "more, without an error"
        ]
    }
}
