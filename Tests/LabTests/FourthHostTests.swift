import Foundation
import Glibc
import Testing

/// Three members on four hosts: the third is lost, the fourth is prepared and has no member yet.
@Suite(
    "A member that comes again on a fourth host",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fourth", members: 4, etcd: "3.5", "--spare", "1")
)
struct FourthHostTests {
    private let lab: Lab
    private let lost: LostCluster
    /// The host that etcd-3 moves to.
    private let host: String
    private let oldHost: String

    /// What an operator does to the new host: etcd's settings there are those of the member that comes.
    init() throws {
        lab = try Lab.current
        lost = try LostCluster(lab)
        host = try lab.value("LAB_IP_4")
        oldHost = try lab.value("LAB_IP_3")
        try lab.exec(4, "sed -i 's/^ETCD_NAME=.*/ETCD_NAME=etcd-3/' /etc/default/etcd")
    }

    private var move: [String] { ["member", "replace", "etcd-3", "--with", host, "--yes"] }

    private func loseThird() throws {
        try lab.script("power", ["off", "3"])
        try lab.awaitLeader(1, 2)
    }

    private func rekindle(_ words: [String]) throws -> Program.Result {
        try lab.rekindle(try lost.arguments(words))
    }

    /// One cluster of three, on the hosts 1, 2 and 4, with all data and nothing of a run in the way.
    private func requireMoved(location: SourceLocation = #_sourceLocation) throws {
        let moved = try lab.asking(1, 2, 4)
        let now = try moved.identity()
        #expect(now.cluster == lost.oldIdentity.cluster, sourceLocation: location)
        #expect(Set(now.members.keys) == ["etcd-1", "etcd-2", "etcd-3"], sourceLocation: location)
        #expect(now.membersOfEndpoints == Set(now.members.values), sourceLocation: location)
        for name in ["etcd-1", "etcd-2"] {
            #expect(now.members[name] == lost.oldIdentity.members[name], sourceLocation: location)
        }
        #expect(
            now.members["etcd-3"] != lost.oldIdentity.members["etcd-3"],
            sourceLocation: location
        )
        #expect(try moved.contents() == lost.newest, "keys", sourceLocation: location)
        #expect(Set(try moved.hashKV()).count == 1, "HashKV", sourceLocation: location)
        for number in [1, 2, 4] {
            let left = try lab.exec(number, Self.leftovers(lab)).outputText
            #expect(left == "", "etcd-\(number)", sourceLocation: location)
        }
    }

    /// No lock, no hold, no flags for one start.
    private static func leftovers(_ lab: Lab) throws -> String {
        "ls -d /etc/systemd/system/etcd.service.d \(try lab.dataDirectory)/.rekindle/lock "
            + "2>/dev/null; true"
    }

    /// The spare host is as it was, and the cluster as well.
    private func requireUntouched(location: SourceLocation = #_sourceLocation) throws {
        let left = try lab.exec(4, try Self.leftovers(lab)).outputText
        #expect(left == "", sourceLocation: location)
        let members = try lab.asking(1, 2).identityOfMembers()
        #expect(members == lost.oldIdentity.members, sourceLocation: location)
    }

    @Test("is a member there, and the report says what the inventory must say now")
    func moves() throws {
        try loseThird()
        let result = try rekindle(move + ["--output", "json"])
        try #require(result.status == 0, "\(result.errorText)")
        try requireMoved()
        let change = try JSONDecoder().decode(MovedDocument.self, from: result.output).inventory
        #expect(change.name == "etcd-3" && change.host == host)
        let report = try rekindle(["report", "--format", "text"])
        #expect(report.outputText.contains("THE INVENTORY MUST SAY NOW"))
        #expect(report.outputText.contains("Etcd on \(oldHost) is no member any more"))

        // with those lines written, the inventory is right: the check says so, and a restore works
        let file = lost.scratch.file("moved.yaml")
        var text = try String(contentsOfFile: try lab.inventory, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.contains("name: etcd-3") })
        text = text.replacing(
            line,
            with: "  - {name: etcd-3, host: \(change.host), initial-advertise-peer-urls: "
                + "[\(change.peerURLs.joined(separator: ", "))], advertise-client-urls: "
                + "[\(change.clientURLs.joined(separator: ", "))]}"
        )
        try Data(text.utf8).write(to: URL(filePath: file))
        let check = try lab.rekindle(["-i", file, "check"])
        #expect(check.status == 0, "\(check.outputText)")
        let clean = try rekindle(["clean", "--yes", "-q"])
        #expect(clean.status == 0, "\(clean.errorText)")
        let restore = try lab.rekindle([
            "-i", file, "--state-dir", lost.stateDirectory, "restore", "--snapshot",
            lost.snapshot, "--yes", "-q",
        ])
        try #require(restore.status == 0, "\(restore.errorText)")
        #expect(Set(try lab.asking(1, 2, 4).hashKV()) == [lost.savedHash.hashKV])
    }

    @Test("leaves the old host out when that comes back on")
    func oldHostReturns() throws {
        try loseThird()
        let result = try rekindle(move + ["-q"])
        try #require(result.status == 0, "\(result.errorText)")
        try lab.script("power", ["on", "3"])
        // etcd there is told that it was removed, and ends; systemd tries again and again
        let isTold = Watchdog.wait(atMost: 60, every: 200_000) {
            let log = try? lab.exec(3, "journalctl -b -u etcd --no-pager -o cat; true")
            return log?.outputText.contains("removed") == true
        }
        #expect(isTold)
        try requireMoved()
    }

    @Test(
        "comes there where the coordinator was killed at any step",
        arguments: [
            Moment.before("remove-member"), .before("add-member"), .before("join-cluster"),
            .before("promote-member"),
        ]
    )
    func killed(_ moment: Moment) throws {
        try loseThird()
        try lost.die(move + ["-q"], at: moment)
        let resume = try rekindle(["resume"])
        try #require(resume.status == 0, "\(resume.errorText)")
        #expect(resume.outputText.contains("THE INVENTORY MUST SAY NOW"), "\(resume.outputText)")
        try requireMoved()
    }

    @Test("stays a member on its old host after a rollback, and the new host is as it was")
    func rollback() throws {
        try loseThird()
        try lost.die(move + ["-q"], at: .after("hold-service", members: 1))
        let rollback = try rekindle(["rollback", "--yes", "-q"])
        try #require(rollback.status == 0, "\(rollback.errorText)")
        try requireUntouched()
        let state = try lab.exec(4, "systemctl is-active etcd; true").outputText
        #expect(state == "inactive\n")
        try lab.script("power", ["on", "3"])
        let isBack = Watchdog.wait(atMost: 60, every: 200_000) {
            (try? lab.etcdctl(["endpoint", "health"])) != nil
        }
        #expect(isBack)
        try lost.requireOldCluster()
    }

    /// Why the fourth host is not the place.
    enum Obstacle: String, CaseIterable, CustomTestStringConvertible {
        case data = "it has data of a cluster already"
        case serving = "etcd serves there already"
        case member = "it is another member's host"
        case unprepared = "its etcd has another name"

        var testDescription: String { rawValue }
    }

    @Test("is refused, and nothing is touched, where", arguments: Obstacle.allCases)
    func refused(_ obstacle: Obstacle) throws {
        try loseThird()
        var words = move
        var said = "is another member's"
        switch obstacle {
        case .data, .serving:
            // a cluster of its own, with one member
            try lab.exec(
                4,
                """
                sed -i "s/^ETCD_INITIAL_CLUSTER=.*/ETCD_INITIAL_CLUSTER=etcd-3=https:\\/\\/\(host):2380/" \
                /etc/default/etcd
                systemctl start etcd
                """
            )
            said = "etcd serves on \(host) already"
            if obstacle == .data {
                try lab.exec(4, "systemctl stop etcd")
                said = "\(host) has data of etcd in \(try lab.dataDirectory): member "
            }
        case .member: words[4] = try lab.value("LAB_IP_2")
        case .unprepared:
            try lab.exec(4, "sed -i 's/^ETCD_NAME=.*/ETCD_NAME=etcd-4/' /etc/default/etcd")
            said = "the inventory says etcd-3, the unit on the host etcd-4"
        }
        let digests = try lab.digests(4, try lab.dataDirectory)
        let result = try rekindle(words)
        #expect(result.status == 3, "\(result.errorText)")
        let text = result.errorText.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains(said), "\(result.errorText)")
        #expect(text.contains("HINT: "))
        if obstacle != .serving {
            #expect(try lab.digests(4, try lab.dataDirectory) == digests)
        }
        try requireUntouched()
    }
}

/// What a program is told of a member that has moved.
private struct MovedDocument: Decodable {
    var inventory: Change

    struct Change: Decodable {
        var name: String
        var host: String
        var peerURLs: [String]
        var clientURLs: [String]

        enum CodingKeys: String, CodingKey {
            case name, host
            case peerURLs = "initial-advertise-peer-urls"
            case clientURLs = "advertise-client-urls"
        }
    }
}
