import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning

/// A cluster of three of which etcd-2 is to be changed, as its hosts and its other members tell.
enum MemberSample {
    static let run = Sample.run
    static let oldID = MemberID(rawValue: 2)

    static func facts(_ number: Int) -> HostFacts {
        var facts = Sample.facts(number)
        facts.unit.execStarts = ["/usr/bin/etcd --logger zap"]
        return facts
    }

    static let list = MemberList(
        entries: (1...3).map {
            MemberList.Entry(
                id: MemberID(rawValue: UInt64($0)),
                name: "etcd-\($0)",
                peerURLs: ["http://10.0.0.\($0):2380"],
                clientURLs: ["http://10.0.0.\($0):2379"]
            )
        }
    )

    /// What was seen of the hosts and of the cluster; a test changes what it is about.
    struct World {
        var inventory = Sample.inventory()
        var facts = Dictionary(
            uniqueKeysWithValues: (1...3).map { ("etcd-\($0)", MemberSample.facts($0)) }
        )
        var list = MemberSample.list
        var alarms: [RaisedAlarm] = []
        var request = MemberRequest(.rebuild, "etcd-2")
        var isSilent = false

        /// etcd-2 comes again on a host that was prepared for it and has no data.
        mutating func move(to host: String) {
            request = MemberRequest(.replace, "etcd-2", movedFrom: "10.0.0.2")
            inventory = inventory.moving("etcd-2", to: host) ?? inventory
            guard var moved = facts["etcd-2"] else { return }
            moved.live = nil
            moved.observation?.data = DataState()
            moved.dataDir?.databaseBytes = nil
            moved.configuration = EtcdConfiguration(
                values: moved.configuration.values.merging([
                    "initial-advertise-peer-urls": "http://\(host):2380"
                ]) { $1 }
            )
            facts["etcd-2"] = moved
        }

        var findings: [String: MemberFindings] { facts.mapValues { .facts($0) } }

        var situation: MemberSituation {
            MemberSituation(
                request: request,
                agent: MemberSituation.agent(
                    for: request,
                    among: inventory.members.map(\.member.name),
                    facts
                ),
                membership: isSilent ? nil : Membership(list: list, alarms: alarms)
            )
        }

        var checks: [Check] { MemberChangeChecks(inventory, findings, situation).all() }
        var failures: [Check] { checks.filter { $0.verdict == .fails } }

        var plan: Plan? {
            MemberChangePlanner(
                inventory,
                findings,
                situation,
                run: MemberSample.run,
                createdAt: "2026-11-23T10:00:00Z"
            ).plan(checks)
        }
    }
}
