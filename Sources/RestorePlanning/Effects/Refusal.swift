import ClusterInventory
import EtcdModel
import RemoteHost

/// Why an effect must not run.
package struct Refusal: Sendable, Hashable {
    package var fact: String
    package var hint: String
    /// Set where another run holds the host.
    package var lockedBy: HostLock?

    package init(_ fact: String, hint: String, lockedBy: HostLock? = nil) {
        self.fact = fact
        self.hint = hint
        self.lockedBy = lockedBy
    }
}

extension Refusal {
    /// Whoever may write in the data directory can put anything there; root must not work in it.
    static func foreignDirectory(_ what: String, _ target: MemberTarget) -> Refusal {
        Refusal(what + ": root works in a directory of its own only", hint: foreignHint(target))
    }

    /// What to do about something of another's in the place of `.rekindle`.
    package static func foreignHint(_ target: MemberTarget) -> String {
        "see who put it there: \(target.user) or another that may write in \(target.paths.dataDir). "
            + "Look for the directory of ours under another name beside it (it belongs to root and has "
            + "mode 700), move what is there out of the way and that one back"
    }

    static func lockGone(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the lock \(target.paths.lock) is gone",
            hint: "somebody removed it, or the data directory: look at the host; "
                + "`rekindle rollback` takes the lock again and puts the old data back"
        )
    }

    static func lockedByOther(_ lock: HostLock, _ target: MemberTarget) -> Refusal {
        Refusal(
            "another run holds the lock \(target.paths.lock): \(lock)",
            hint: (lock.isDrill
                ? lock.wayOut
                : "wait for it, or finish it there with `rekindle resume \(lock.run)` or "
                    + "`rekindle rollback \(lock.run)`")
                + (lock.isStale
                    ? "; if its state is lost for good, `--take-over \(lock.run)`" : ""),
            lockedBy: lock
        )
    }

    /// Every judgement of the data in place rests on its IDs: they must differ from the old ones.
    static func sameIdentity(_ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.paths.member) had the very IDs that the restore would give it",
            hint: "set `initial-cluster-token: auto` in the inventory, or another token than the "
                + "old cluster's: an old member could join the restored ones"
        )
    }

    /// Another run was here between the plan and the lock, or a member was replaced.
    static func otherData(_ target: MemberTarget, _ now: WALIdentity?) -> Refusal {
        func words(_ identity: WALIdentity?) -> String {
            identity.map { "member \($0.memberID) of cluster \($0.clusterID)" }
                ?? "none that is known"
        }
        return Refusal(
            "the data in \(target.paths.member) is not what it was when the plan was made: it was "
                + "\(words(target.oldIdentity)), it is \(words(now))",
            hint:
                "another run may have restored the cluster meanwhile: `rekindle check` shows what is "
                + "there now; plan again if it is still to be restored"
        )
    }

    /// Somebody else's data is in place, and may be what clients are served from.
    static func foreignData(_ target: MemberTarget, _ look: MemberObservation) -> Refusal {
        let whose =
            look.data.identity.map { "member \($0.memberID) of cluster \($0.clusterID)" }
            ?? "nobody that its WAL names"
        let fact =
            "\(target.paths.member) holds the data of \(whose): neither what run \(target.paths.run) "
            + "restored nor what was there before it"
        guard let later = look.laterRuns.last(where: \.hasSetAside) else {
            return Refusal(
                fact,
                hint: "it may be what serves now: leave it where it is. `rekindle check` shows who "
                    + "serves there; was the member replaced or rebuilt since?"
            )
        }
        return Refusal(
            "\(fact); \(later) has replaced it since",
            hint: "it is probably what serves now: leave it where it is. "
                + "`rekindle rollback \(later.run)`"
                + (later.coordinator.map { ", on \($0)," } ?? ", where that run was begun,")
                + " puts back what that run set aside"
        )
    }

    static func holdGone(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the hold of \(target.service.title) is gone: it could be started by anybody",
            hint: "`rekindle rollback` holds it again and puts the old data back; then restore "
                + "again"
        )
    }

    static func heldByOther(_ run: String, _ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.service.title) is held by run \(run)",
            hint: "finish that run with `rekindle resume \(run)` or `rekindle rollback \(run)`"
        )
    }

    static func nothingToSave(_ target: MemberTarget, _ service: ServiceState) -> Refusal {
        Refusal(
            "\(target.service.title) is \(service.detail): there is nothing left to save a snapshot of",
            hint: "`rekindle rollback`, then restore again: the new plan goes without it; the data "
                + "directories are set aside whole in any case"
        )
    }

    static func startedAgain(_ target: MemberTarget, _ service: ServiceState) -> Refusal {
        Refusal(
            "\(target.service.title) is \(service.detail) again",
            hint: "somebody started it during the run; stop it and resume"
        )
    }

    static func unknownService(_ target: MemberTarget, _ service: ServiceState) -> Refusal {
        Refusal(
            "the service manager does not know \(target.service.title) (\(service.detail))",
            hint: "check `service` in the inventory, and that what runs it answers there"
        )
    }

    static func databaseOpen(_ target: MemberTarget) -> Refusal {
        Refusal(
            "a process has \(target.paths.member)/snap/db open although "
                + "\(target.service.title) is stopped",
            hint: "find it with `fuser -v \(target.paths.member)/snap/db`: etcd may run in a "
                + "container or under another unit"
        )
    }

    static func appearedAgain(_ path: String) -> Refusal {
        Refusal(
            "\(path) is there again, although its old content was set aside",
            hint:
                "somebody made it during the run: find out whose it is, and whether anything serves "
                + "from it, before anybody moves it; without it, resume goes on"
        )
    }

    static func takenPlace(_ path: String) -> Refusal {
        Refusal(
            "\(path) is there already, and nothing is ever overwritten",
            hint:
                "somebody made it during the run: find out whose it is before anybody moves it; without "
                + "it, resume goes on"
        )
    }

    static func noSnapshotCopy(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the snapshot's copy \(target.paths.snapshot) is not there, or not whole",
            hint: "somebody removed it; `rekindle rollback`, then restore again"
        )
    }

    static func notRestored(_ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.paths.staging) holds no whole restore of this run",
            hint: "somebody changed it during the run; `rekindle rollback`, then restore again"
        )
    }

    static func noScratch(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the plan starts nothing beside \(target.name)",
            hint: "this is a fault of this program: please report it"
        )
    }

    static func notInstalled(_ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.paths.member) is not the data that this run restored",
            hint: "look at the host: somebody changed it during the run; "
                + "`rekindle rollback` puts the old data back"
        )
    }

    static func oldDataMissing(_ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.paths.member) is not the data that was there before the run",
            hint: "look for it below \(target.paths.runDirectory), and put it back before anybody "
                + "starts etcd: with nothing there, it would begin an empty cluster"
        )
    }

    /// Found before anything is touched: what a rollback is to put back is nowhere.
    static func oldDataGone(_ target: MemberTarget) -> Refusal {
        Refusal(
            "the old data is neither in \(target.paths.member) nor set aside in "
                + target.paths.runDirectory,
            hint: "look for it on the host. If it is lost for good, "
                + "`rekindle rollback \(target.paths.run) --fence \(target.name)=REASON` puts the others "
                + "back, as long as they are a quorum"
        )
    }

    static func onlyCopy(_ target: MemberTarget) -> Refusal {
        Refusal(
            "\(target.paths.member) is missing: what was set aside in "
                + "\(target.paths.runDirectory) may be the only copy of the data",
            hint: "see to the data directory first, then clean again"
        )
    }
}
