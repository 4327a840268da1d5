import Foundation
import Glibc
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

/// The second look at a host, run by a real shell in a mount namespace of its own.
@Suite("What one rename would not move along")
struct HazardTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let title: String
        /// Below the test's own directory.
        var data = "data"
        /// Run in the test's directory; `$data` is the data directory, which has `member/snap` and `member/wal`.
        let setup: String
        /// `ROOT` stands for the test's directory.
        let wanted: [Hazard]
        var walDir: String?
        var wantedOfWAL: [Hazard] = []

        var testDescription: String { title }
    }

    private static let member = "ROOT/data/member"

    static let cases: [Case] = [
        Case(title: "nothing", setup: "", wanted: []),
        Case(
            title: "a bind mount at member/wal",
            setup: "mkdir other; mount --bind other \"$data/member/wal\"",
            wanted: [.mounted("\(member)/wal")]
        ),
        Case(
            title: "a disk at member/snap, in a directory with a blank",
            data: "etcd data",
            setup: "mount -t tmpfs none \"$data/member/snap\"",
            wanted: [.mounted("ROOT/etcd data/member/snap")]
        ),
        Case(
            title: "a disk deep below, with a tab, a backslash and a hash in its path",
            data: "a\tb\\040#c",
            setup: "mkdir \"$data/x y\"; mount -t tmpfs none \"$data/x y\"",
            wanted: [.mounted("ROOT/a\tb\\040#c/x y")]
        ),
        Case(
            title: "a disk at the data directory itself, which is right",
            setup: "mount --bind \"$data\" \"$data\"",
            wanted: []
        ),
        Case(
            title: "a mount beside it whose name begins alike",
            setup: "mkdir data2; mount -t tmpfs none data2",
            wanted: []
        ),
        Case(
            title: "a line of fstab for member/wal, not mounted now",
            setup: fstab("/dev/sdb1 $PWD/data/member/wal ext4 defaults,nofail 0 2"),
            wanted: [.planned("\(member)/wal", source: "/etc/fstab")]
        ),
        Case(
            title: "the same with noauto, and with a blank as fstab has it",
            data: "etcd data",
            setup: fstab("UUID=x $PWD/etcd\\\\\\\\040data/member/wal xfs noauto 0 0"),
            wanted: [.planned("ROOT/etcd data/member/wal", source: "/etc/fstab")]
        ),
        Case(
            title: "fstab names it by a symbolic link above",
            setup: "ln -s data link; " + fstab("/dev/sdb1 $PWD/link/member/wal ext4 defaults 0 2"),
            wanted: [.planned("\(member)/wal", source: "/etc/fstab")]
        ),
        Case(
            title: "a data disk of fstab that is not mounted now",
            setup: fstab("/dev/sdb1 $PWD/data ext4 defaults 0 2"),
            wanted: [.unmounted("ROOT/data", source: "/etc/fstab")]
        ),
        Case(
            title: "a data disk of fstab that is mounted",
            setup: "mount --bind data data; " + fstab("/dev/sdb1 $PWD/data ext4 defaults 0 2"),
            wanted: []
        ),
        Case(
            title: "a data disk with noauto, comments, swap, and other disks",
            setup: fstab(
                "#/dev/sdb1 $PWD/data/member ext4 defaults 0 2\\n/dev/sdb1 $PWD/data ext4 rw,noauto 0 2"
                    + "\\n/dev/sdc none swap sw 0 0\\n/dev/sdd /nowhere ext4 defaults 0 0\\n\\nx"
            ),
            wanted: []
        ),
        Case(
            title: "a mount unit and an automount unit of systemd, not started",
            setup: unit("a.mount", "[Mount]\\nWhat=/dev/sdb\\nWhere=$PWD/data/member/wal")
                + unit("b.automount", "[Automount]\\nWhere = $PWD/data/member/snap"),
            wanted: [
                .planned("\(member)/wal", source: "/etc/systemd/system/a.mount"),
                .planned("\(member)/snap", source: "/etc/systemd/system/b.automount"),
            ]
        ),
        Case(
            title: "a masked unit, and one for the data directory that nothing starts",
            setup: unit("b.mount", "[Mount]\\nWhere=$PWD/data")
                + "ln -s /dev/null /etc/systemd/system/a.mount",
            wanted: []
        ),
        Case(
            title: "a unit for the data directory that the boot starts",
            setup: unit("b.mount", "[Mount]\\nWhere=$PWD/data")
                + "mkdir /etc/systemd/system/x.target.wants; "
                + "ln -s ../b.mount /etc/systemd/system/x.target.wants/b.mount",
            wanted: [.unmounted("ROOT/data", source: "/etc/systemd/system/b.mount")]
        ),
        Case(
            title: "member/wal is a link to another disk",
            setup: "mv data/member/wal w; ln -s \"$PWD/w\" data/member/wal",
            wanted: [.link("\(member)/wal", target: "ROOT/w", staysInside: false)]
        ),
        Case(
            title: "member/wal is a link within member",
            setup: "mv data/member/wal data/member/w; ln -s w data/member/wal",
            wanted: [.link("\(member)/wal", target: "w", staysInside: true)]
        ),
        Case(
            title: "an absolute link within member, which would lead to the restored data",
            setup: "mv data/member/wal data/member/w; ln -s \"$PWD/data/member/w\" data/member/wal",
            wanted: [.link("\(member)/wal", target: "\(member)/w", staysInside: false)]
        ),
        Case(
            title: "a relative link out of member",
            setup: "mv data/member/wal data/w; ln -s ../w data/member/wal",
            wanted: [.link("\(member)/wal", target: "../w", staysInside: false)]
        ),
        Case(
            title: "member itself is a link, also to a place beside it",
            setup: "mv data/member data/m; ln -s m data/member",
            wanted: [.link(member, target: "m", staysInside: false)]
        ),
        Case(
            title: "the database is a link that leads nowhere",
            setup: "ln -s /nowhere/db data/member/snap/db",
            wanted: [.link("\(member)/snap/db", target: "/nowhere/db", staysInside: false)]
        ),
        Case(
            title: ".rekindle is a link",
            setup: "mkdir r; ln -s \"$PWD/r\" data/.rekindle",
            wanted: [.workDirectory("ROOT/data/.rekindle", "links to ROOT/r")]
        ),
        Case(
            title: ".rekindle is a file",
            setup: ": >data/.rekindle",
            wanted: [.workDirectory("ROOT/data/.rekindle", "is not a directory")]
        ),
        Case(
            title: ".rekindle is a mount",
            setup: "mkdir data/.rekindle; mount -t tmpfs none data/.rekindle",
            wanted: [.mounted("ROOT/data/.rekindle")]
        ),
        Case(
            title: "below a WAL directory of its own: a mount, a planned one and a link",
            setup: "mkdir wal wal/x; mount -t tmpfs none wal/x; ln -s /nowhere wal/0.wal; "
                + fstab("/dev/sdb1 $PWD/wal/y ext4 defaults 0 2"),
            wanted: [],
            walDir: "wal",
            wantedOfWAL: [
                .mounted("ROOT/wal/x"), .planned("ROOT/wal/y", source: "/etc/fstab"),
                .link("ROOT/wal/0.wal", target: "/nowhere", staysInside: false),
            ]
        ),
        Case(
            title: "a data directory that is not there, and a disk that is to be mounted above it",
            data: "disk/etcd",
            setup: "rm -r disk; " + fstab("/dev/sdb1 $PWD/disk ext4 defaults 0 2"),
            wanted: [.unmounted("ROOT/disk", source: "/etc/fstab")]
        ),
    ]

    private static func fstab(_ text: String) -> String {
        "printf \"\(text)\\n\" >f; mount --bind f /etc/fstab"
    }

    private static func unit(_ name: String, _ text: String) -> String {
        "printf \"\(text)\\n\" >/etc/systemd/system/\(name); "
    }

    static let canMount =
        getuid() == 0
        && ["/usr/bin/unshare", "/etc/fstab", "/etc/systemd/system"]
            .allSatisfy(FileManager.default.fileExists)

    @Test(.enabled(if: canMount, "needs root and systemd's directories"), arguments: cases)
    func `is found by the second look`(_ given: Case) throws {
        let root = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-hazard-\(UUID().uuidString)").path
        let data = "\(root)/\(given.data)"
        try FileManager.default.createDirectory(
            atPath: "\(data)/member/snap",
            withIntermediateDirectories: true
        )
        try FileManager.default.createDirectory(
            atPath: "\(data)/member/wal",
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: root) }
        let look = FactsScript.directories(
            dataDir: data,
            walDir: given.walDir.map { "\(root)/\($0)" },
            tls: nil
        )
        let inside = """
            cd \(ShellQuoting.quoted(root)) && data=\(ShellQuoting.quoted(data))
            mount -t tmpfs none /etc/systemd/system && : >fstab && mount --bind fstab /etc/fstab || exit
            {
            :
            \(given.setup)
            } || exit
            \(look.shellLine(become: .none))
            """
        let result = try ShellProcess(
            "unshare --mount --propagation private sh -c \(ShellQuoting.quoted(inside))"
        )
        .finish()
        #expect(result.status == 0 && result.errorOutput.isEmpty, "\(result.errorText)")
        let facts = try #require(DirectoriesFacts(result.outputText), "\(result.outputText)")
        func told(_ hazards: [Hazard]) -> [String] {
            hazards.map { "\($0)".replacing(root, with: "ROOT") }.sorted()
        }
        let isOurs = { (hazard: Hazard) in "\(hazard)".contains(root) }
        #expect(told(facts.data.hazards.filter(isOurs)) == told(given.wanted))
        #expect(told(facts.wal?.hazards.filter(isOurs) ?? []) == told(given.wantedOfWAL))
        #expect(
            facts.data.isMountPoint == given.setup.contains("mount --bind data data")
                || given.title.contains("data directory itself")
        )
    }

    @Test func `is read from lines, once each, and nonsense is passed over`() {
        let text = """
            at\t/d
            below\t/d/member/wal
            below\t/d/member/wal
            below\t/d/a\\040b\\134
            planned\tyes\t/etc/fstab\t/d/member/wal
            planned\tyes\t/etc/fstab\t/d
            planned\tyes\t/x.mount\t/
            device\t/d/member
            device\t/d/.rekindle
            device\t/d/member/wal
            project\t0\t42
            below
            planned\tyes
            link\tx

            """
        #expect(
            Hazard.read(text, of: "/d") == [
                .mounted("/d/member/wal"), .mounted("/d/a b\\"),
                .unmounted("/", source: "/x.mount"), .subvolume("/d/member"),
                .workDirectory(
                    "/d/.rekindle",
                    "is on another file system, or a subvolume of its own"
                ),
                .project(member: "0", directory: "42"),
            ]
        )
        #expect(Hazard.read("unknown\n", of: "/d") == [.unknownMounts])
        // the carriage return is the end of a link's target, and not of a line
        let hidden = "link\t/d/member/l\tx\t/d/member/x\r\nproject\t7\t0\n"
        #expect(Hazard.read(hidden, of: "/d").contains(.project(member: "7", directory: "0")))
        #expect(Hazard.unescaped("\\040\\4\\08\\1777\\") == " \\4\\08\u{7F}7\\")
    }
}
