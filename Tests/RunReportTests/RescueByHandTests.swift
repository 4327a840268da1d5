import Foundation
import RestorePlanning
import RunReport
import TestSupport
import Testing

/// What `runs verify` prints for a host is run here on real files, with systemctl scripted.
@Suite("Old data put back by hand, without the journal")
struct RescueByHandTests {
    private let scratch: Scratch
    private let target: MemberTarget
    private let commands: [String]
    private let hold = "etcd.service.d/rekindle-hold.conf"

    init() throws { try self.init(walDir: nil, wasActive: true) }

    private init(walDir: String?, wasActive: Bool) throws {
        let scratch = try Scratch()
        self.scratch = scratch
        var sample = Sample(
            names: ["etcd-1"],
            dataDirs: ["etcd-1": "\(scratch.path)/it's data"],
            walDir: walDir.map { "\(scratch.path)/\($0)" },
            // out of systemd's directory again: the hold is a file of this test
            unit: "../../..\(scratch.path)/etcd.service"
        )
        sample.withoutOldData = wasActive ? [] : ["etcd-1"]
        let plan = sample.plan
        target = plan.targets[0]
        let verdict = JournalVerdictTests.damaged(sample)
        commands = try Self.commands(try JournalVerdictJSON.encode(verdict))
        try scratch.programs().write("echo \"$1 $2\" >>\"$LOG\"", as: "systemctl")
        try scratch.write("held", to: hold)
        try scratch.write("run=\(plan.run)\n", to: "it's data/.rekindle/lock")
    }

    private static func commands(_ json: String) throws -> [String] {
        let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let hosts = try #require(document?["byHand"] as? [[String: Any]])
        return try #require(hosts.first?["commands"] as? [String])
    }

    private var aside: String { ours("aside/member") }
    private func ours(_ path: String) -> String {
        "it's data/.rekindle/\(target.paths.run)/\(path)"
    }

    private func run(_ command: String) throws -> Program {
        try Program.run(
            ["sh", "-c", command],
            environment: [
                "PATH": "\(scratch.path)/bin", "LOG": "\(scratch.path)/log",
            ]
        )
    }

    private func runAll() throws {
        for command in commands {
            let done = try run(command)
            #expect(done.status == 0, "\(command): \(done.output)")
        }
    }

    @Test("needs three commands: stop, put back, let go and start")
    func restored() throws {
        #expect(commands.count == 3)
        try scratch.write("old", to: "\(aside)/snap/db")
        try scratch.write("restored", to: "it's data/member/snap/db")
        try runAll()
        #expect(try scratch.read("it's data/member/snap/db") == "old")
        #expect(try scratch.read(ours("discarded/member/snap/db")) == "restored")
        #expect(!scratch.exists(hold))
        #expect(!scratch.exists("it's data/.rekindle/lock"))
        #expect(try scratch.read("log").contains("stop"))
        #expect(try scratch.read("log").hasSuffix("start --no-block\n"))
    }

    @Test("given twice, changes nothing more")
    func twice() throws {
        try scratch.write("old", to: "\(aside)/snap/db")
        try scratch.write("restored", to: "it's data/member/snap/db")
        try runAll()
        try runAll()
        #expect(try scratch.read("it's data/member/snap/db") == "old")
        #expect(try scratch.read(ours("discarded/member/snap/db")) == "restored")
    }

    @Test("puts old data back where nothing was put in its place yet")
    func nothingInstalled() throws {
        try scratch.write("old", to: "\(aside)/snap/db")
        try runAll()
        #expect(try scratch.read("it's data/member/snap/db") == "old")
        #expect(!scratch.exists(ours("discarded/member")))
    }

    @Test("leaves old data that was never set aside where it is")
    func nothingSetAside() throws {
        try scratch.write("old", to: "it's data/member/snap/db")
        try runAll()
        #expect(try scratch.read("it's data/member/snap/db") == "old")
        #expect(!scratch.exists(ours("discarded/member")))
    }

    @Test("stops rather than rename anything over what an earlier try left")
    func inTheWay() throws {
        try scratch.write("old", to: "\(aside)/snap/db")
        try scratch.write("restored", to: "it's data/member/snap/db")
        try scratch.write("earlier", to: ours("discarded/member/snap/db"))
        #expect(try run(commands[1]).status != 0)
        #expect(try scratch.read("it's data/member/snap/db") == "restored")
        #expect(try scratch.read("\(aside)/snap/db") == "old")
        #expect(try scratch.read(ours("discarded/member/snap/db")) == "earlier")
    }

    @Test("puts a WAL with a directory of its own back before the data")
    func separateWAL() throws {
        let other = try Self(walDir: "wal/etcd", wasActive: true)
        #expect(other.commands.count == 4)
        let walRun = "wal/.rekindle-\(other.target.paths.run)"
        try other.scratch.write("old log", to: "\(walRun)/aside/0.wal")
        try other.scratch.write("new log", to: "wal/etcd/0.wal")
        try other.scratch.write("old", to: "\(other.aside)/snap/db")
        try other.scratch.write("restored", to: "it's data/member/snap/db")
        // killed between the two renames: the log is back, the database is not
        #expect(try other.run(other.commands[1]).status == 0)
        #expect(try other.scratch.read("wal/etcd/0.wal") == "old log")
        #expect(try other.scratch.read("it's data/member/snap/db") == "restored")
        try other.runAll()
        #expect(try other.scratch.read("wal/etcd/0.wal") == "old log")
        #expect(try other.scratch.read("\(walRun)/discarded/0.wal") == "new log")
        #expect(try other.scratch.read("it's data/member/snap/db") == "old")
    }

    @Test("starts nothing that did not run before")
    func wasStopped() throws {
        let other = try Self(walDir: nil, wasActive: false)
        try other.runAll()
        #expect(!other.scratch.exists(other.hold))
        #expect(try !other.scratch.read("log").contains("start"))
    }
}
