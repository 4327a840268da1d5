import ClusterInventory
import RemoteHost
import Testing

@testable import RestorePlanning

@Suite("What is written is held against the etcd that runs")
struct RunningChecksTests {
    private static let inode = "2049:131"

    private func facts(
        process: RunningEtcd?,
        isOpen: Bool? = true,
        activity: ServiceState.Activity = .active
    ) -> HostFacts {
        var facts = Sample.facts(1)
        facts.unit.activity.activity = activity
        facts.process = process
        facts.dataDir?.databaseInode = Self.inode
        facts.observation?.isDatabaseOpen = isOpen
        return facts
    }

    private func process(
        _ words: [String] = ["etcd"],
        database: String? = "/var/lib/etcd/member/snap/db",
        isDeleted: Bool = false,
        inode: String? = inode,
        isInContainer: Bool = false
    ) -> RunningEtcd {
        RunningEtcd(
            id: "77",
            words: words,
            isInContainer: isInContainer,
            database: database,
            isDatabaseDeleted: isDeleted,
            databaseInode: inode
        )
    }

    private func verdict(_ name: String, of facts: HostFacts) -> Check.Verdict? {
        RunningChecks(member: Sample.inventory().members[0], facts: facts).all()
            .first(where: { $0.name == name })?.verdict
    }

    @Test("an etcd with its database open in the believed directory is the member")
    func open() {
        #expect(verdict("open database", of: facts(process: process())) == .holds)
        let inside = process(database: "/data/member/snap/db", isInContainer: true)
        #expect(
            verdict("open database", of: facts(process: inside)) == .holds,
            "by inode, not by name"
        )
        #expect(verdict("open database", of: facts(process: nil)) == .holds)
    }

    @Test("an etcd that runs and has no database open there forbids a restore, whatever the reason")
    func elsewhere() {
        let other = process(database: "/srv/etcd/member/snap/db", inode: "2049:7")
        #expect(verdict("open database", of: facts(process: other, isOpen: false)) == .fails)
        #expect(verdict("open database", of: facts(process: other, isOpen: true)) == .fails)
        let none = process(database: nil, inode: nil)
        #expect(verdict("open database", of: facts(process: none, isOpen: false)) == .fails)
        #expect(verdict("open database", of: facts(process: nil, isOpen: false)) == .fails)
        let other2 = process(database: "/srv/x/member/snap/db", isDeleted: true, inode: "2049:7")
        #expect(verdict("open database", of: facts(process: other2, isOpen: false)) == .fails)
    }

    @Test("a database that was deleted under its etcd is what a restore is there for")
    func deleted() {
        let lost = process(isDeleted: true, inode: "2049:9")
        #expect(verdict("open database", of: facts(process: lost, isOpen: false)) == .warns)
        let inside = process(
            database: "/data/member/snap/db",
            isDeleted: true,
            inode: "2049:9",
            isInContainer: true
        )
        #expect(verdict("open database", of: facts(process: inside, isOpen: false)) == .warns)
    }

    @Test("an etcd that is down has nothing open, and nobody minds")
    func down() {
        #expect(
            verdict("open database", of: facts(process: nil, isOpen: false, activity: .stopped))
                == nil
        )
        #expect(verdict("open database", of: facts(process: nil, isOpen: nil)) == nil)
    }

    @Test("an etcd that ends whenever it is started is restored nonetheless")
    func crashing() {
        var facts = self.facts(process: nil, isOpen: false)
        facts.live = nil
        facts.unit.activity.detail = "activating (auto-restart)"
        #expect(verdict("open database", of: facts) == .warns)
    }

    @Test("a pod that its kubelet keeps down has nothing open, and is restored nonetheless")
    func pod() {
        var inventory = Sample.inventory()
        inventory.members[0].service = ServiceSettings(kind: .staticPod)
        let checks = RunningChecks(
            member: inventory.members[0],
            facts: facts(process: nil, isOpen: false)
        ).all()
        #expect(checks.isEmpty)
    }

    @Test("what the next start would change is told before it happens, spelled in one way")
    func settings() {
        var facts = self.facts(
            process: process(["etcd", "--data-dir=/var/lib/etcd/", "--name", "old"])
        )
        facts.configuration = EtcdConfiguration(values: [
            "data-dir": "/var/lib/etcd", "name": "old",
        ])
        #expect(verdict("running settings", of: facts) == .holds)
        facts.configuration = EtcdConfiguration(values: [
            "data-dir": "/var/lib/etcd", "name": "new",
        ])
        #expect(verdict("running settings", of: facts) == .fails)
        facts.configuration = EtcdConfiguration(values: ["data-dir": "/srv", "name": "old"])
        #expect(verdict("running settings", of: facts) == .fails)
    }

    @Test("a deleted database is known by what the kernel adds to its name")
    func reading() throws {
        let lines = KeyedLines(
            """
            process.1.id=5
            process.1.database=/d/member/snap/db (deleted)
            process.1.inode=1:2
            process.2.id=6
            process.2.database=/d/member/snap/db

            """
        )
        let found = RunningEtcd.all(lines)
        #expect(found.map(\.database) == ["/d/member/snap/db", "/d/member/snap/db"])
        #expect(found.map(\.isDatabaseDeleted) == [true, false])
    }

    @Test("variables end at a line feed: a carriage return is part of the value, as etcd has it")
    func variables() {
        let blob = "RVRDRF9OQU1FPWENCkVUQ0RfREFUQV9ESVI9L2Q9eAo="
        let found = RunningEtcd.all(KeyedLines("process.1.id=5\nprocess.1.variables=\(blob)\n"))
        #expect(found.first?.variables == ["ETCD_NAME": "a\r", "ETCD_DATA_DIR": "/d=x"])
    }
}
