import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning

/// What a plan that asked no host takes for granted of one, as tests for a shell on it.
///
/// They only look. What they cannot tell, a person has to: whether etcd ran, and which member led.
struct HandLook {
    struct Assumption {
        /// A condition of a POSIX shell.
        var test: String
        /// What the plan has taken for granted.
        var holds: String
        /// What is so otherwise, and what to do then.
        var otherwise: String
        /// Whether nothing may be done where it does not hold.
        var isNeeded: Bool
    }

    let target: MemberTarget

    var assumptions: [Assumption] {
        directories + account + tools + (isSystemd ? [unit] : []) + [running]
    }

    private var isSystemd: Bool { target.service.kind == .systemd }
    private var paths: MemberPaths { target.paths }

    private var directories: [Assumption] {
        let data = ShellWord.quoted(paths.dataDir)
        let member = ShellWord.quoted(paths.member)
        let log = ShellWord.quoted(paths.effectiveWAL)
        return [
            Assumption(
                test: "[ -d \(data) ]",
                holds: "the data directory \(paths.dataDir) is there",
                otherwise:
                    "there is no \(paths.dataDir): if etcd's data is elsewhere, set data-dir in "
                    + "the inventory and make a new plan; on a new host make the directory, and give "
                    + "it to \(target.user):\(target.group)",
                isNeeded: true
            ),
            Assumption(
                test: "[ -e \(member) ]",
                holds:
                    "there is old data in \(paths.dataDir): it is set aside, and a rollback puts it "
                    + "back",
                otherwise: "there is no old data in \(paths.dataDir): if this host has had any, "
                    + "data-dir in the inventory is wrong; else nothing is set aside, and a rollback "
                    + "leaves etcd stopped here",
                isNeeded: false
            ),
            Assumption(
                test: "[ ! -e \(member) ] || [ -d \(log) ]",
                holds: "its write-ahead log is in \(paths.effectiveWAL)",
                otherwise: "there is no write-ahead log in \(paths.effectiveWAL): look for etcd's "
                    + "--wal-dir, set wal-dir in the inventory, and make a new plan",
                isNeeded: true
            ),
        ]
    }

    private var account: [Assumption] {
        let (user, group) = (ShellWord.quoted(target.user), ShellWord.quoted(target.group))
        return [
            Assumption(
                test: "id -u -- \(user) >/dev/null 2>&1 && getent group \(group) >/dev/null",
                holds: "there is an account \(target.user) with the group \(target.group)",
                otherwise:
                    "there is no account \(target.user), or no group \(target.group): set user "
                    + "and group in the inventory to those etcd runs as, and make a new plan",
                isNeeded: true
            )
        ]
    }

    private var tools: [Assumption] {
        [
            ("etcdutl", target.tools.restore, "with etcd 3.4, etcdctl takes the same words"),
            ("etcdctl", target.tools.etcdctl, "set bin-dir in the inventory to where it is"),
            ("flock", "flock", "it is in util-linux"),
        ]
        .map { name, program, advice in
            Assumption(
                test: "command -v \(ShellWord.quoted(program)) >/dev/null",
                holds: "\(program) is there",
                otherwise: "there is no \(program): \(advice); then make a new plan, or change the "
                    + "word where it stands",
                isNeeded: true
            )
        }
    }

    private var unit: Assumption {
        Assumption(
            test: "systemctl cat -- \(ShellWord.quoted(target.service.unit)) >/dev/null 2>&1",
            holds: "systemd knows \(target.service.unit)",
            otherwise:
                "systemd does not know \(target.service.unit): set unit under service in the "
                + "inventory to etcd's, and make a new plan",
            isNeeded: true
        )
    }

    /// A service that runs and has another database open is not on this directory.
    private var running: Assumption {
        let database = ShellWord.quoted("\(paths.member)/snap/db")
        return Assumption(
            test: "\(target.serviceManager.isStoppedTest) "
                + "|| ! { [ ! -e \(database) ] || flock -n -s \(database) true; }",
            holds:
                "\(target.service.title) is stopped, or has the database of \(paths.dataDir) open",
            otherwise: "\(target.service.title) is not stopped, and has no database in "
                + "\(paths.dataDir) open: its data is elsewhere; set data-dir in the inventory and "
                + "make a new plan",
            isNeeded: true
        )
    }

    /// Lines of a script that test all of them, and end it if one that is needed does not hold.
    var script: [String] {
        ["unfit=0"]
            + assumptions.flatMap { one -> [String] in
                let mark = one.isNeeded ? "NOT SO: " : "note: "
                let unfit = one.isNeeded ? "; unfit=1" : ""
                return [
                    "if \(one.test)", "then say \(said("so: \(one.holds)"))",
                    "else say \(said(mark + one.otherwise))\(unfit); fi",
                ]
            } + noting + [
                "[ \"$unfit\" = 0 ] || {",
                "  echo 'rekindle: this host is not as the plan takes it to be' >&2; exit 1; }",
            ]
    }

    /// What nobody can tell any more once etcd is stopped; a rollback depends on it.
    var noting: [String] {
        let title = target.service.title
        return [
            "if [ -e \(ShellWord.quoted(paths.runDirectory)) ]",
            "then say 'this run was begun here before: what you noted then counts'",
            "elif \(target.serviceManager.isStoppedTest)",
            "then say \(said("NOTE THIS DOWN: \(title) does not run now; a rollback leaves it stopped"))",
            "else say \(said("NOTE THIS DOWN: \(title) runs now; a rollback starts it again")); fi",
        ]
    }

    private func said(_ text: String) -> String {
        ShellWord.quoted(VisibleText.escaped(text))
    }
}
