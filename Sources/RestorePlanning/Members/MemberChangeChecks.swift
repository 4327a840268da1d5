package import ClusterInventory
import EtcdModel
import RemoteHost

/// What must be so for one member to leave the cluster and come again.
package struct MemberChangeChecks {
    let inventory: Inventory
    private let findings: [String: MemberFindings]
    let situation: MemberSituation
    private var name: String { situation.request.name }

    package init(
        _ inventory: Inventory,
        _ findings: [String: MemberFindings],
        _ situation: MemberSituation
    ) {
        self.inventory = inventory
        self.findings = findings
        self.situation = situation
    }

    /// All of them, so that all problems are told at once.
    package func all() -> [Check] {
        let hosts = inventory.members.flatMap { member -> [Check] in
            let one = member.member.name
            let checks = MemberChecks(
                inventory: inventory,
                member: member,
                findings: findings[one],
                snapshot: nil,
                takesOver: nil,
                savesSnapshot: one == situation.agent
            ).all()
            return checks.filter {
                one == name
                    ? $0.name != "token" && $0.name != "etcd" : Self.ofKept.contains($0.name)
            }
        }
        return hosts + authentication() + [quorum()] + cluster() + changed()
    }

    /// The agent is told to change the members, and the others are asked for their data.
    private func authentication() -> [Check] {
        inventory.members.filter { $0.member.name != name }.compactMap { member in
            findings[member.member.name]?.facts.flatMap { AuthenticationChecks.serving(member, $0) }
        }
    }

    /// Of a member that serves on only what this run needs of its host.
    private static let ofKept: Set<String> = [
        "reachable", "root", "programs", "etcd tools", "lock", "work directory", "hold",
        "client TLS",
        "advertise-client-urls", "etcd",
    ]

    private func cluster(
        _ check: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check { Check(check, member: nil, verdict, saw, hint: hint) }

    private func mine(
        _ check: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check { Check(check, member: name, verdict, saw, hint: hint) }

    /// The others alone must be a quorum, now and while the changed one is away.
    private func quorum() -> Check {
        let others = inventory.members.map(\.member.name).filter { $0 != name }
        let serving = others.filter { other in
            findings[other]?.facts?.live.map { $0.leader != nil && !$0.isLearner } == true
        }
        let total = max(situation.membership?.list.voters.count ?? 0, inventory.members.count)
        let quorum = total / 2 + 1
        let told = serving.isEmpty ? "none" : serving.joined(separator: ", ")
        guard serving.count >= quorum else {
            return cluster(
                "quorum",
                .fails,
                "of the others \(told) serve with a leader, and a quorum of \(total) is \(quorum): "
                    + "without \(name) the cluster would stop",
                hint: total < 3
                    ? "a cluster of \(total) cannot do without a member: `rekindle restore` from a "
                        + "snapshot, with a new data directory for all"
                    : "bring the others back first; if a quorum is lost for good, "
                        + "`rekindle restore` from a snapshot"
            )
        }
        let silent = others.filter { !serving.contains($0) }
        guard silent.isEmpty else {
            return cluster(
                "quorum",
                .fails,
                "\(silent.joined(separator: ", ")) of the others does not serve: with \(name) away, "
                    + "one more failure would stop the cluster",
                hint:
                    "mend that first. If it is lost as well: `etcdctl member remove` it, take it out of "
                    + "the inventory, change \(name); then put it back there, and "
                    + "`rekindle member replace` it: etcd adds none while one is down"
            )
        }
        return cluster("quorum", .holds, "\(told) serve, a quorum of \(total) is \(quorum)")
    }

    // MARK: what the cluster knows

    private func cluster() -> [Check] {
        guard let membership = situation.membership else {
            return [
                cluster(
                    "members",
                    .fails,
                    situation.agent.map { "\($0) does not tell the cluster's members" }
                        ?? "none of the others can be asked for the cluster's members",
                    hint: "see what `etcdctl member list` says on a member's host"
                )
            ]
        }
        return [known(membership), learners(membership)] + alarms(membership)
    }

    /// Every member of the cluster must be in the inventory: one that is not would be left unlocked.
    private func known(_ membership: Membership) -> Check {
        let old = situation.oldMember(peerURLs)
        let strangers = membership.list.entries.filter { entry in
            entry.id != old?.id
                && !inventory.members.contains { member in
                    member.member.name == entry.name
                        || findings[member.member.name]?.facts?.live?.memberID == entry.id
                }
        }
        let kept = inventory.members.map(\.member.name).filter { $0 != name }
        let missing = kept.filter { other in
            guard let live = findings[other]?.facts?.live else { return false }
            return membership.list[live.memberID] == nil
        }
        if let stranger = strangers.first {
            return cluster(
                "members",
                .fails,
                "the cluster has a member that the inventory has not: \(told(stranger))",
                hint: "add it to the inventory; or, if it is a left-over, "
                    + "`etcdctl member remove \(stranger.id)`"
            )
        }
        if !missing.isEmpty {
            return cluster(
                "members",
                .fails,
                "\(missing.joined(separator: ", ")) serves in another cluster",
                hint: "do all hosts of the inventory belong to one cluster?"
            )
        }
        return cluster(
            "members",
            .holds,
            old.map { "\(name) is member \($0.id)\($0.isLearner ? ", a learner" : "")" }
                ?? "\(name) is no member any more: it is added"
        )
    }

    /// etcd lets one learner in at a time (`max-learners`, 1 by default).
    private func learners(_ membership: Membership) -> Check {
        let old = situation.oldMember(peerURLs)
        guard let other = membership.list.entries.first(where: { $0.isLearner && $0.id != old?.id })
        else { return cluster("learners", .holds, "none besides") }
        return cluster(
            "learners",
            .fails,
            "there is a learner already: \(told(other))",
            hint: "wait until it is promoted: etcd takes one learner at a time"
        )
    }

    private func alarms(_ membership: Membership) -> [Check] {
        let old = situation.oldMember(peerURLs)
        return membership.alarms.map { alarm in
            guard alarm.name == "CORRUPT" else {
                return cluster(
                    "alarms",
                    .fails,
                    "\(alarm.name) is raised by member \(alarm.member): the cluster takes no writes",
                    hint: "compact, defragment, then `etcdctl alarm disarm`; after that, again"
                )
            }
            // 3.4 and 3.5 raise it with member 0 where a majority cannot be told
            guard alarm.member == old?.id else {
                return cluster(
                    "alarms",
                    .fails,
                    "CORRUPT is raised by member \(alarm.member), not by \(name)",
                    hint: "rebuild that member first; where it is not known which one is right, "
                        + "`etcdctl endpoint hashkv --cluster` on a host shows which one differs"
                )
            }
            return cluster(
                "alarms",
                .warns,
                "CORRUPT is raised by \(name): it is disarmed at the end"
            )
        }
    }

    private func told(_ entry: MemberList.Entry) -> String {
        "\(entry.id)\(entry.name.isEmpty ? ", never started" : " (\(entry.name))"), "
            + entry.peerURLs.joined(separator: ", ")
    }

    // MARK: the one that is changed

    var member: InventoryMember? {
        inventory.members.first { $0.member.name == name }
    }
    private var peerURLs: [String] { member?.member.peerURLs ?? [] }

    private func changed() -> [Check] {
        guard let facts = findings[name]?.facts else { return [] }
        return [serves(facts), start(facts), version(facts), space(facts)] + urls() + newHost(facts)
    }

    private func serves(_ facts: HostFacts) -> Check {
        guard let live = facts.live, live.leader != nil else {
            return mine("etcd", .holds, "does not serve (\(facts.unit.activity.detail))")
        }
        return mine(
            "etcd",
            .warns,
            "serves at revision \(live.revision): it is stopped, and the cluster is without it until "
                + "it has its data again"
        )
    }

    /// It is started once with two flags more: that must reach etcd, and be all that it goes by.
    private func start(_ facts: HostFacts) -> Check {
        if let member, member.service.kind != .systemd {
            return mine(
                "start",
                .fails,
                "\(member.service.title) is no unit of systemd: it cannot be given flags for one start",
                hint: "`etcdctl member remove` and `add`, then start it with "
                    + "initial-cluster-state=existing (docs/MEMBERS.md)"
            )
        }
        if let discovery = ["discovery", "discovery-srv"].first(where: {
            facts.configuration[$0] != nil
        }) {
            return mine(
                "start",
                .fails,
                "etcd is told --\(discovery), which excludes --initial-cluster",
                hint: "take it out of the unit: the cluster is found already"
            )
        }
        guard facts.unit.execStarts.count == 1, let start = facts.unit.execStarts.first,
            Self.runsEtcd(start)
        else {
            return mine(
                "start",
                .fails,
                "\(member?.service.unit ?? "the unit") does not run etcd itself, but "
                    + (facts.unit.execStarts.first ?? "nothing"),
                hint: "its ExecStart must begin with etcd's path: two flags are added to it for "
                    + "one start"
            )
        }
        let odd = situation.initialCluster(inventory, findings).contains { !Self.isPlain($0) }
        return odd
            ? mine(
                "start",
                .fails,
                "a name or peer URL has a character that systemd would read in its own way",
                hint: "letters, digits and . _ - : / [ ] = , are taken"
            ) : mine("start", .holds, "is given initial-cluster-state=existing for one start")
    }

    private static func runsEtcd(_ execStart: String) -> Bool {
        let program = execStart.drop { "@-:+!".contains($0) }.prefix { $0 != " " && $0 != "\t" }
        return program.hasPrefix("/") && program.split(separator: "/").last == "etcd"
    }

    private static func isPlain(_ one: Character) -> Bool {
        one.isASCII && (one.isLetter || one.isNumber || "._-:/[]=,".contains(one))
    }

    private func version(_ facts: HostFacts) -> Check {
        guard let mine = facts.tools.etcd?.version,
            let agent = situation.agent.flatMap({ findings[$0]?.facts?.live?.version }),
            let theirs = EtcdVersion(toolOutput: "etcd version: \(agent)")
        else {
            return self.mine(
                "server version",
                .warns,
                "not known: \(facts.tools.describe)",
                hint: "see on the host that etcd is of the cluster's version"
            )
        }
        guard (mine.major, mine.minor) >= (theirs.major, theirs.minor) else {
            return self.mine(
                "server version",
                .fails,
                "etcd is \(mine) there, and the cluster serves with \(theirs)",
                hint:
                    "install \(theirs.major).\(theirs.minor) on the host: an older one cannot join"
            )
        }
        return self.mine("server version", .holds, "etcd \(mine)")
    }

    private func space(_ facts: HostFacts) -> Check {
        let size = situation.agent.flatMap { findings[$0]?.facts?.live?.databaseBytes } ?? 0
        // beside what is set aside: the database that the leader sends, and etcd's log
        let needed = (UInt64(max(0, size)) / 4).multiplied(saturating: 5) + 192 << 20
        guard let free = facts.dataDir?.freeBytes, free < needed else {
            return mine("space for the data", .holds, "enough for \(ByteText.describe(needed))")
        }
        return mine(
            "space for the data",
            .fails,
            "\(ByteText.describe(free)) free in \(facts.dataDir?.path ?? ""), needed: "
                + ByteText.describe(needed),
            hint: "make room: the old data is kept until `rekindle clean`"
        )
    }

    private func urls() -> [Check] {
        guard let list = situation.membership?.list, let member else { return [] }
        let old = situation.oldMember(peerURLs)
        if let other = list.entries.first(where: { entry in
            entry.id != old?.id && !Set(entry.peerURLs).isDisjoint(with: peerURLs)
        }) {
            return [
                mine(
                    "peer URLs",
                    .fails,
                    "\(peerURLs.joined(separator: ", ")) is another member's: \(told(other))",
                    hint: "correct initial-advertise-peer-urls of \(member.member.name)"
                )
            ]
        }
        guard let old, old.peerURLs.sorted() != peerURLs.sorted() else { return [] }
        let saw =
            "the cluster has \(old.peerURLs.joined(separator: ", ")), the inventory "
            + peerURLs.joined(separator: ", ")
        return [
            situation.request.purpose == .replace
                ? mine("peer URLs", .holds, "\(saw): it moves")
                : mine(
                    "peer URLs",
                    .fails,
                    saw,
                    hint: "correct the inventory; a member that moves is `rekindle member replace`"
                )
        ]
    }
}

extension MemberSituation {
    /// `--initial-cluster` for the one that joins: every member that stays, and it.
    func initialCluster(_ inventory: Inventory, _ findings: [String: MemberFindings]) -> String {
        guard
            let changed = inventory.members.first(where: { $0.member.name == request.name })?.member
        else { return "" }
        let old = oldMember(changed.peerURLs)
        let kept = (membership?.list.entries ?? []).filter { $0.id != old?.id }
            .map { Member(name: $0.name, peerURLs: $0.peerURLs, clientURLs: []) }
        return ClusterTopology(members: kept + [changed], token: "").initialCluster
    }
}
