import Foundation
import Glibc

/// What others do, and what lies in the snapshot.
enum WorldFaults {
    static let all = [
        secondCoordinator, twoAtOnce, olderSnapshot, newerSnapshot, otherToken, alarm,
        authentication, password,
        expiredFromTheStart, expiredInTheMiddle, oldMemberDuring, oldMemberAfter,
    ]

    static let secondCoordinator = Fault(
        name: "a second coordinator while one is at work",
        moments: [.before("take-lock"), .before("upload-snapshot"), .before("install-data")],
        strike: { scene in
            let second = try scene.startSecond().finish()
            // before the first has locked anything, the second is the first
            let due: Set<Int32> = scene.moment == .before("take-lock") ? [0, 5] : [5]
            scene.story.append("second \(second.status)")
            if !due.contains(second.status) { throw Unexpected(second.errorText) }
            if second.status == 0 { scene.stateDirectory = scene.secondState }
        },
        due: [.restored],
        chosen: [.before("upload-snapshot")]
    )

    static let twoAtOnce = Fault(
        name: "two coordinators begin at the same time",
        moments: [.before("take-lock")],
        strike: { scene in
            let second = try scene.startSecond()
            scene.cleanUps.append { second.kill(9) }
            scene.second = second
        },
        lift: { scene in
            guard let second = scene.second else { return }
            scene.second = nil
            let result = try second.finish()
            scene.story.append("second \(result.status)")
            if result.status == 0 { scene.stateDirectory = scene.secondState }
            if ![0, 5].contains(result.status) { throw Unexpected(result.errorText) }
        },
        remedy: .nothing,
        due: [.restored, .oldBack, .refused]
    )

    static let olderSnapshot = Fault(
        name: "a member restored from an older snapshot behind Rekindle's back",
        moments: [.before("set-ownership")],
        prepare: { scene in
            try scene.saveAgain()
            try scene.moveOn()
        },
        strike: { try $0.restoreAgain(from: $0.lost.snapshot) },
        remedy: .rollbackOnly,
        due: [.oldBack],
        isImpatient: true
    )

    /// Of the same history: up to the revision of the run's snapshot it holds the same.
    static let newerSnapshot = Fault(
        name: "a member restored from a newer snapshot behind Rekindle's back",
        moments: [.before("set-ownership")],
        prepare: { scene in
            scene.needsFreshLab = true
            try scene.lab.script("snapshot", [scene.lost.scratch.file("newer.db")])
        },
        strike: { try $0.restoreAgain(from: $0.lost.scratch.file("newer.db")) },
        remedy: .rollbackOnly,
        due: [.oldBack],
        isImpatient: true
    )

    static let otherToken = Fault(
        name: "a member restored with another token",
        moments: [.before("set-ownership")],
        strike: { scene in
            try scene.restoreAgain {
                $0.hasPrefix("--initial-cluster-token=") ? "--initial-cluster-token=other" : $0
            }
        },
        remedy: .rollbackAtLast
    )

    static let alarm = Fault(
        name: "a NOSPACE alarm inside the snapshot, disarmed by the operator",
        moments: [.begun],
        prepare: { scene in
            try scene.onHost(
                """
                curl -sSf --cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/client.crt \
                --key /etc/etcd/pki/client.key https://127.0.0.1:2379/v3/maintenance/alarm \
                -d '{"action":"ACTIVATE","alarm":"NOSPACE"}'
                """
            )
            try scene.saveAgain()
            try scene.lab.etcdctl(["alarm", "disarm"])
            try scene.moveOn()
        },
        lift: { try $0.lab.etcdctl(["alarm", "disarm"]) },
        due: [.restored, .oldBack],
        isImpatient: true
    )

    static let authentication = Fault(
        name: "authentication enabled inside the snapshot",
        moments: [.begun],
        prepare: { scene in
            scene.needsFreshLab = true
            for words in [
                ["user", "add", "root", "--no-password"], ["user", "grant-role", "root", "root"],
                ["auth", "enable"],
            ] {
                try scene.lab.etcdctl(words)
            }
            try scene.saveAgain()
            try scene.lab.etcdctl(["auth", "disable"])
            try scene.moveOn()
        },
        remedy: .nothing,
        due: [.restored]
    )

    /// The client certificate of the lab is root's as well: the user that is named goes before it.
    static let password = Fault(
        name: "SIGKILL while authentication by a password is on, before and in the snapshot",
        moments: [.before("start-service")],
        prepare: { scene in
            scene.needsFreshLab = true
            for words in [
                ["user", "add", "root:battery horse"], ["user", "grant-role", "root", "root"],
                ["auth", "enable"],
            ] {
                try scene.lab.etcdctl(words)
            }
            try scene.saveAgain()
            try scene.moveOn()
            let file = scene.lost.scratch.file("password")
            try Data("battery horse".utf8).write(to: URL(filePath: file))
            chmod(file, 0o600)
            let text = try String(contentsOfFile: scene.inventory, encoding: .utf8)
            scene.inventory = scene.lost.scratch.file("password.yaml")
            try Data(
                text.replacing(
                    "\netcd:\n",
                    with: "\netcd:\n  auth-user: root\n  auth-password-file: \(file)\n"
                ).utf8
            ).write(to: URL(filePath: scene.inventory))
        },
        strike: { $0.running?.kill(SIGKILL) },
        due: [.restored, .oldBack],
        chosen: [.before("start-service")]
    )

    static let expiredFromTheStart = Fault(
        name: "a client certificate that expired before the run",
        moments: [.begun],
        prepare: { try $0.expireCertificate() },
        lift: { try $0.renewCertificate() },
        due: [.refused, .restored, .oldBack],
        isImpatient: true
    )

    static let expiredInTheMiddle = Fault(
        name: "a client certificate that expires in the middle, renewed by the operator",
        moments: [.before("set-aside-data")],
        strike: { try $0.expireCertificate() },
        lift: { try $0.renewCertificate() },
        isImpatient: true
    )

    static let oldMemberDuring = Fault(
        name: "an old member comes back on its ports during the restore",
        moments: [.before("install-data")],
        strike: { try $0.startOldMember() },
        lift: { try $0.stopOldMember() },
        isImpatient: true,
        chosen: [.before("install-data")]
    )

    static let oldMemberAfter = Fault(
        name: "an old member comes back in place of a restored one, after the restore",
        moments: [.begun],
        remedy: .nothing,
        due: [.restored],
        afterwards: { scene in
            try scene.onHost("systemctl stop etcd")
            try scene.startOldMember()
            try scene.requireOthersUntouched()
            try scene.stopOldMember()
            try scene.onHost("systemctl start etcd")
            let (outcome, why) = scene.outcome()
            if outcome != .restored { throw Unexpected("\(outcome.rawValue): \(why)") }
        }
    )
}
