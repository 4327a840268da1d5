import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("What must be so before a member is changed")
struct MemberChecksTests {
    typealias World = MemberSample.World

    @Test("a healthy cluster has nothing against it")
    func healthy() {
        #expect(World().failures == [])
    }

    /// One thing that is wrong, and which check tells of it.
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var check: String
        var spoil: @Sendable (inout World) -> Void
    }

    static let cases: [Case] = [
        Case(testDescription: "one of the others does not serve", check: "quorum") {
            $0.facts["etcd-3"]?.live = nil
        },
        Case(testDescription: "one of the others has no leader", check: "quorum") {
            $0.facts["etcd-3"]?.live?.leader = nil
        },
        Case(testDescription: "none of the others serves", check: "quorum") {
            $0.facts["etcd-1"]?.live = nil
            $0.facts["etcd-3"]?.live = nil
        },
        Case(testDescription: "a cluster of two has none to spare", check: "quorum") {
            $0.inventory = Sample.inventory(members: 2)
            $0.facts["etcd-3"] = nil
            $0.list.entries.removeLast()
        },
        Case(testDescription: "nobody tells the members", check: "members") {
            $0.isSilent = true
        },
        Case(testDescription: "a member that the inventory has not", check: "members") {
            $0.list.entries.append(
                MemberList.Entry(
                    id: MemberID(rawValue: 9),
                    name: "etcd-9",
                    peerURLs: ["http://10.0.0.9:2380"]
                )
            )
        },
        Case(testDescription: "one of the others is of another cluster", check: "members") {
            $0.facts["etcd-3"]?.live?.memberID = MemberID(rawValue: 77)
        },
        Case(testDescription: "another learner is there", check: "learners") {
            $0.list.entries[2].isLearner = true
        },
        Case(testDescription: "NOSPACE is raised", check: "alarms") {
            $0.alarms = [RaisedAlarm(name: "NOSPACE", member: MemberSample.oldID)]
        },
        Case(testDescription: "CORRUPT is raised by another", check: "alarms") {
            $0.alarms = [RaisedAlarm(name: "CORRUPT", member: MemberID(rawValue: 3))]
        },
        Case(testDescription: "its host holds another run's lock", check: "lock") {
            $0.facts["etcd-3"]?.observation?.lock = HostLock(
                run: Sample.otherRun.rawValue,
                operator: "eve",
                coordinator: "there",
                since: "now"
            )
        },
        Case(testDescription: "the unit runs etcd by a shell", check: "start") {
            $0.facts["etcd-2"]?.unit.execStarts = ["/bin/sh -c 'exec etcd'"]
        },
        Case(testDescription: "the unit has two programs", check: "start") {
            $0.facts["etcd-2"]?.unit.execStarts = ["/usr/bin/etcd", "/usr/bin/etcd"]
        },
        Case(testDescription: "a member's URL has what systemd expands", check: "start") {
            $0.list.entries[0].peerURLs = ["http://10.0.0.1:2380/%h"]
        },
        Case(testDescription: "etcd is found by discovery", check: "start") {
            $0.facts["etcd-2"]?.configuration = EtcdConfiguration(values: [
                "name": "etcd-2", "data-dir": "/var/lib/etcd", "discovery": "https://discovery/x",
                "initial-advertise-peer-urls": "http://10.0.0.2:2380",
            ])
        },
        Case(testDescription: "etcd there is older than the cluster", check: "server version") {
            $0.facts["etcd-2"]?.tools.etcd?.version = EtcdVersion(major: 3, minor: 4, patch: 30)
        },
        Case(testDescription: "its disk is full", check: "space for the data") {
            $0.facts["etcd-2"]?.dataDir?.freeBytes = 10 << 20
        },
        Case(testDescription: "it has another member's peer URL", check: "peer URLs") {
            $0.list.entries[2].peerURLs = ["http://10.0.0.2:2380"]
            $0.list.entries[1].peerURLs = ["http://10.0.0.7:2380"]
        },
        Case(testDescription: "one that is rebuilt has moved", check: "peer URLs") {
            $0.list.entries[1].peerURLs = ["http://10.0.0.7:2380"]
        },
        Case(testDescription: "it moves to another member's host", check: "new host") {
            $0.move(to: "10.0.0.3")
        },
        Case(testDescription: "it moves to where another's data is", check: "new host") {
            $0.move(to: "10.0.0.3")
            $0.inventory.members[1].service.unit = "etcd-two.service"
            $0.inventory.members[1].member.peerURLs = ["http://10.0.0.3:2390"]
            $0.inventory.members[1].member.clientURLs = ["http://10.0.0.3:2389"]
        },
        Case(testDescription: "it moves to a host with data", check: "new host") {
            $0.move(to: "10.0.0.9")
            $0.facts["etcd-2"]?.observation?.data.hasMember = true
        },
        Case(testDescription: "it moves to a host with a log alone", check: "new host") {
            $0.move(to: "10.0.0.9")
            $0.facts["etcd-2"]?.observation?.data = DataState(hasSeparateWAL: true)
        },
        Case(testDescription: "it moves to a host where etcd serves", check: "new host") {
            let live = $0.facts["etcd-2"]?.live
            $0.move(to: "10.0.0.9")
            $0.facts["etcd-2"]?.live = live
        },
    ]

    @Test("nothing is against a move to an empty host, and the plan says from where")
    func moves() throws {
        var world = World()
        world.move(to: "10.0.0.9")
        #expect(world.failures == [])
        let plan = try #require(world.plan)
        #expect(plan.movedFrom == "10.0.0.2")
        let changed = try #require(plan.target(named: "etcd-2"))
        #expect(changed.endpoint.host == "10.0.0.9" && !changed.hasOldData)
        #expect(changed.member.peerURLs == ["http://10.0.0.9:2380"])
        let back = try #require(MemberRollback.plan(for: plan, createdAt: "now"))
        let kinds = back.steps.flatMap(\.stages).flatMap(\.effects).map(\.kind)
        #expect(kinds.contains(.leaveOldServiceStopped) && !kinds.contains(.startOldService))
    }

    @Test("refused, with a hint", arguments: cases)
    func refused(_ one: Case) {
        var world = World()
        one.spoil(&world)
        #expect(world.failures.map(\.name).contains(one.check), "\(world.failures)")
        let hints = world.failures.map { $0.hint ?? "" }
        #expect(!hints.contains(""))
    }

    @Test("CORRUPT that the member itself has raised is disarmed in the end")
    func corrupt() throws {
        var world = World()
        world.alarms = [RaisedAlarm(name: "CORRUPT", member: MemberSample.oldID)]
        #expect(world.failures == [])
        let steps = try #require(world.plan).steps.map(\.name)
        #expect(
            steps.firstIndex(of: "disarm-alarms")
                == steps.firstIndex(of: "verify-cluster").map { $0 - 1 }
        )
    }

    @Test("one that is replaced may have moved, and a dead one has nothing to be asked")
    func moved() {
        var world = World()
        world.request = MemberRequest(.replace, "etcd-2")
        world.list.entries[1].peerURLs = ["http://10.0.0.7:2380"]
        world.facts["etcd-2"]?.live = nil
        #expect(world.failures == [])
    }

    @Test("one that the cluster has let go already is added and nothing else")
    func gone() throws {
        var world = World()
        world.list.entries.remove(at: 1)
        #expect(world.failures == [])
        let kinds = try #require(world.plan).steps.flatMap(\.stages).flatMap(\.effects).map(\.kind)
        #expect(!kinds.contains(.removeMember))
        #expect(kinds.contains(.addMember))
    }
}
