import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning

/// What the engine would see by looking at the host, as a test that a script makes before it acts.
enum HandGuard: Sendable, Hashable {
    /// The commands must not run unless the test succeeds.
    case needs(test: String, otherwise: String)
    /// Where the test fails there is nothing to do.
    case onlyIf(test: String)

    /// `asked`: whether the plan knows what was on the hosts.
    static func guards(
        of effect: PlannedEffect,
        _ target: MemberTarget,
        asked: Bool = true
    ) -> [HandGuard] {
        let paths = target.paths
        let stopped = stopped(target)
        let restored = needs(
            test: exists(paths.restoredMarker),
            otherwise: "the restore into \(paths.staging) is not whole"
        )
        switch effect.kind {
        case .takeLock, .holdService, .removeSnapshotCopy, .releaseLock,
            .leaveOldServiceStopped, .stopScratch, .deleteRunDirectory, .removeMember, .addMember,
            .promoteMember, .disarmAlarms, .forgetJoin, .startDependents:
            return []
        case .startScratch:
            return [restored]
        case .joinCluster:
            return [
                needs(
                    test: "[ ! -e \(ShellWord.quoted(paths.member)) ]",
                    otherwise: "there is data in \(paths.dataDir): it would not join with it"
                )
            ]
        case .saveSnapshot:
            return [onlyIf(test: "[ ! -e \(ShellWord.quoted(paths.safetySnapshot)) ]")]
        case .stopService:
            return [held(target)]
        case .restoreSnapshot:
            // once it is whole it is not made again: a rollback may rely on the marker
            return [onlyIf(test: "[ ! -e \(ShellWord.quoted(paths.restoredMarker)) ]")]
        case .uploadSnapshot:
            // a file of the host itself needs nobody to give it
            guard effect.readsSnapshot else { return [] }
            return [
                needs(test: "[ ! -t 0 ]", otherwise: "give the snapshot on the standard input")
            ]
        case .setAsideData:
            return stopped + [onlyIf(test: exists(paths.member))]
        case .setAsideWAL:
            return stopped + [onlyIf(test: exists(paths.effectiveWAL))]
        case .setOwnership:
            return [restored]
        case .installWAL, .installData:
            return stopped + [restored]
        case .startService:
            return [
                needs(
                    test: "{ \(isInstalled(paths)); }",
                    otherwise: "the restored data is not in place in \(paths.dataDir)"
                )
            ]
        case .discardData:
            return stopped + [
                onlyIf(test: isInstalled(paths) + isOldAside(target, paths.setAsideMember, asked))
            ]
        case .discardWAL:
            // the data went first: what is left is the WAL that the restore made
            return stopped + [
                onlyIf(
                    test: "\(exists(paths.discardedMember)) && \(exists(paths.effectiveWAL))"
                        + isOldAside(target, paths.setAsideWAL, asked)
                )
            ]
        case .putBackWAL:
            return stopped + [onlyIf(test: exists(paths.setAsideWAL ?? paths.setAsideMember))]
        case .putBackData:
            return stopped + [onlyIf(test: exists(paths.setAsideMember))]
        case .startOldService:
            return [
                needs(
                    test: exists(paths.member),
                    otherwise: "there is no data in \(paths.dataDir)"
                )
            ]
        }
    }

    private static func exists(_ path: String) -> String { "[ -e \(ShellWord.quoted(path)) ]" }

    /// Whether `member` is what the restore made: it was whole, and was renamed out of staging.
    private static func isInstalled(_ paths: MemberPaths) -> String {
        "\(exists(paths.restoredMarker)) && [ ! -e \(ShellWord.quoted(paths.stagedMember)) ] && "
            + exists(paths.member)
    }

    /// Old data that was never set aside must not be taken for restored data.
    ///
    /// Where nobody knows whether there was old data, what lies there must have been made by this restore:
    /// its log has the new member's ID.
    private static func isOldAside(_ target: MemberTarget, _ path: String?, _ asked: Bool) -> String
    {
        guard let path else { return "" }
        guard asked else {
            return " && { \(exists(path)) || { \(isOfThisRestore(target)); }; }"
        }
        return target.hasOldData ? " && \(exists(path))" : ""
    }

    /// The head of a log has `NodeID` as field 1, a varint (walpb/record.proto of etcd 3.5).
    private static func isOfThisRestore(_ target: MemberTarget) -> String {
        var rest = target.memberID.rawValue
        var bytes: [UInt8] = [0x08]
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        let hex = bytes.map { byte in
            let text = String(byte, radix: 16)
            return (text.count < 2 ? "0" : "") + text
        }
        let log = ShellWord.quoted(target.paths.effectiveWAL)
        return "cat -- \(log)/*.wal 2>/dev/null | head -c 1024 | od -An -v -tx1 | tr -d ' \\n' "
            + "| grep -q \(hex.joined())"
    }

    private static func held(_ target: MemberTarget) -> HandGuard {
        let hold = ShellWord.quoted("service.hold=\(target.paths.run)")
        let title = target.service.title
        guard isPrintable(target.service) else {
            return needs(test: "false", otherwise: "the service's name has control characters")
        }
        return needs(
            test: "{ \(target.serviceManager.observation)\n} | grep -qxF -- \(hold)",
            otherwise: "\(title) is not held: do the stage that holds it first"
        )
    }

    /// The look quotes its words, and cannot escape what a terminal would act on.
    private static func isPrintable(_ service: ServiceSettings) -> Bool {
        service.words.allSatisfy { $0 == VisibleText.escaped($0) }
    }

    private static func stopped(_ target: MemberTarget) -> [HandGuard] {
        guard isPrintable(target.service) else { return [held(target)] }
        let database = ShellWord.quoted("\(target.paths.member)/snap/db")
        return [
            held(target),
            needs(
                test: target.serviceManager.isStoppedTest,
                otherwise: "\(target.service.title) is not stopped"
            ),
            // bbolt holds a lock on its file as long as etcd has it open
            needs(
                test: "{ [ ! -f \(database) ] || flock -n -s \(database) true; }",
                otherwise: "a process has \(target.paths.member)/snap/db open"
            ),
        ]
    }
}
