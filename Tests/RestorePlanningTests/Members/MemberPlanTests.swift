import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("The plan that changes one member")
struct MemberPlanTests {
    private func plan() throws -> Plan { try #require(MemberSample.World().plan) }

    @Test("stops, removes, sets aside, adds, starts, promotes, and proves, in this order")
    func order() throws {
        let plan = try plan()
        #expect(
            plan.steps.map(\.name) == [
                "take-locks", "verify-others", "save-safety-snapshot", "stop-member",
                "remove-member", "archive-data", "add-member", "start-member", "promote-member",
                "verify-cluster", "finish",
            ]
        )
        #expect(plan.kind == .member)
        #expect(plan.snapshot == nil)
        #expect(plan.clusterID == Sample.old.clusterID)
    }

    @Test("touches nobody's data and service but the member's own")
    func touches() throws {
        let effects = try plan().steps.flatMap(\.stages).flatMap(\.effects)
        let harmless: Set<EffectKind> = [
            .takeLock, .releaseLock, .saveSnapshot, .removeMember, .addMember, .promoteMember,
        ]
        let others = effects.filter { $0.member != "etcd-2" }.map(\.kind)
        #expect(Set(others).isSubset(of: harmless))
        let asked = Set(effects.filter { $0.kind == .addMember }.map(\.member))
        #expect(asked == ["etcd-3"], "a follower is told, and not the leader")
    }

    @Test("starts it once with all members and the state existing, by flags behind its own")
    func joins() throws {
        let effects = try plan().steps.flatMap(\.stages).flatMap(\.effects)
        let start = try #require(effects.first { $0.kind == .joinCluster })
        let words = start.commands.flatMap { $0 }
        let line = try #require(words.first { $0.hasPrefix("/usr/bin/etcd") })
        #expect(
            line == "/usr/bin/etcd --logger zap --initial-cluster-state=existing --initial-cluster="
                + "etcd-1=http://10.0.0.1:2380,etcd-3=http://10.0.0.3:2380,etcd-2=http://10.0.0.2:2380"
        )
        // a variable that a flag overrides makes etcd end at once
        #expect(words.contains { $0.hasPrefix("UnsetEnvironment=ETCD_INITIAL_CLUSTER ") })
    }

    @Test("gives a copy of the configuration file where etcd reads one")
    func configurationFile() throws {
        var world = MemberSample.World()
        world.facts["etcd-2"]?.configuration = .decide(
            environment: [:],
            arguments: ["--config-file=/etc/etcd/etcd.yaml"],
            file: "name: etcd-2\ndata-dir: /var/lib/etcd\n"
        )
        let effects = try #require(world.plan).steps.flatMap(\.stages).flatMap(\.effects)
        let start = try #require(effects.first { $0.kind == .joinCluster })
        let words = start.commands.flatMap { $0 }
        #expect(words.contains("/etc/etcd/etcd.yaml"))
        #expect(
            words.contains {
                $0.hasSuffix("--config-file=/etc/systemd/system/etcd.service.d/rekindle-join.yaml")
            }
        )
    }

    @Test("asks the others for nothing but what they hold before it begins")
    func readsOnly() throws {
        let proofs = try plan().steps.flatMap(\.stages).compactMap(\.proof)
        #expect(proofs.map(\.isReadOnly) == [true, false])
        #expect(proofs[0].members.map(\.name) == ["etcd-1", "etcd-3"])
        #expect(proofs[1].members[1].id == nil)
        #expect(proofs[1].members[1].replaces == MemberSample.oldID)
    }

    @Test("has a way back that touches the member alone")
    func rollback() throws {
        let plan = try #require(MemberRollback.plan(for: plan(), createdAt: "now"))
        let effects = plan.steps.flatMap(\.stages).flatMap(\.effects)
        let framing: Set<EffectKind> = [.takeLock, .releaseLock, .removeSnapshotCopy]
        let moved = effects.filter { !framing.contains($0.kind) }
        #expect(Set(moved.map(\.member)) == ["etcd-2"])
        #expect(
            moved.map(\.kind) == [
                .holdService, .stopService, .putBackData, .forgetJoin, .startOldService,
            ]
        )
        #expect(MemberRollback.plan(for: Sample.plan(), createdAt: "now") == nil)
    }
}
