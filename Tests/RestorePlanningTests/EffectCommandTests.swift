import EtcdModel
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@Suite("The commands of every effect")
struct EffectCommandTests {
    @Test("are exactly these", arguments: [nil, "/wal/etcd"])
    func golden(walDir: String?) {
        let plan = Sample.plan(walDir: walDir)
        let drill = Sample.drill(walDir: walDir)
        var text = ""
        for kind in EffectKind.allCases {
            let isDrills = kind == .startScratch || kind == .stopScratch
            let builder = EffectBuilder((isDrills ? drill : plan).targets[0])
            guard let effect = Self.effect(kind, builder, plan) else {
                #expect(walDir == nil)
                continue
            }
            #expect(effect.kind == kind)
            #expect(effect.member == "etcd-1")
            text += "## \(kind.rawValue): \(effect.summary)\n"
            for words in effect.commands {
                text += words.map(ShellQuoting.quoted).joined(separator: " ") + "\n"
            }
            text += "\n"
        }
        GoldenFile.expect(text, in: walDir == nil ? "effects.txt" : "effects-wal-dir.txt")
    }

    @Test("are the same plan for a host whose programs and names differ")
    func otherTools() {
        let plan = Sample.plan(members: 1) { facts, _ in
            facts.tools.etcdutl = nil
            facts.tools.digest = .sha256sum
        }
        let builder = EffectBuilder(plan.targets[0])
        let restore = builder.restoreSnapshot(plan.topology, Sample.proof).commands.joined()
        #expect(restore.contains("/usr/bin/etcdctl"))
        #expect(!restore.contains("/usr/bin/etcdutl"))
        let upload = builder.uploadSnapshot(Sample.proof).commands.joined().joined()
        #expect(upload.contains("sha256sum <"))
        #expect(!upload.contains("openssl"))
    }

    @Test("copy the snapshot on the host that has it, and prove it there as everywhere")
    func localCopy() {
        var target = Sample.plan().targets[0]
        let sent = EffectBuilder(target).uploadSnapshot(Sample.proof)
        target.snapshotFile = "/backup/it's.db"
        let copied = EffectBuilder(target).uploadSnapshot(Sample.proof)
        #expect(
            copied.commands.first == [
                "cp", "--reflink=auto", "-T", "--", "/backup/it's.db",
                "\(target.paths.run)/snapshot.db.part",
            ]
        )
        #expect(Array(copied.commands.dropFirst()) == Array(sent.commands.dropFirst()))
        #expect(copied.summary.contains("/backup/it's.db of this host"))
        #expect(sent.readsSnapshot)
        #expect(!copied.readsSnapshot)
    }

    private static let change = MembershipChange(
        name: "etcd-2",
        oldID: MemberID(rawValue: 0xBEEF),
        peerURLs: ["https://10.0.0.2:2380", "https://10.0.0.2:12380"]
    )

    private static func dependedOn(_ target: MemberTarget) -> MemberTarget {
        var target = target
        target.dependents = ["patroni.service", #"it's\x2d.timer"#, "kube.target"]
        return target
    }

    static func effect(_ kind: EffectKind, _ builder: EffectBuilder, _ plan: Plan) -> PlannedEffect?
    {
        switch kind {
        case .takeLock: builder.takeLock(createDataDir: true)
        case .saveSnapshot: builder.saveSnapshot()
        case .holdService: builder.holdService()
        case .stopService: builder.stopService()
        case .uploadSnapshot: builder.uploadSnapshot(Sample.proof)
        case .setAsideData: builder.setAsideData()
        case .setAsideWAL: builder.setAsideWAL()
        case .restoreSnapshot: builder.restoreSnapshot(plan.topology, Sample.proof)
        case .setOwnership: builder.setOwnership()
        case .installWAL: builder.installWAL()
        case .installData: builder.installData()
        case .startService: builder.startService()
        case .removeSnapshotCopy: builder.removeSnapshotCopy()
        case .releaseLock: builder.releaseLock()
        case .discardData: builder.discardData()
        case .discardWAL: builder.discardWAL()
        case .putBackWAL: builder.putBackWAL()
        case .putBackData: builder.putBackData()
        case .startOldService: builder.startOldService()
        case .leaveOldServiceStopped: builder.leaveOldServiceStopped()
        case .removeMember: builder.removeMember(change)
        case .addMember: builder.addMember(change)
        case .joinCluster:
            builder.joinCluster(
                JoinSettings(
                    execStart: "/usr/bin/etcd --name ${NAME} --log-level 'info'",
                    initialCluster: "etcd-1=https://10.0.0.1:2380,etcd-2=https://10.0.0.2:2380",
                    configFile: "/etc/etcd/it's.yaml"
                )
            )
        case .promoteMember: builder.promoteMember(change)
        case .disarmAlarms: builder.disarmAlarms()
        case .forgetJoin: builder.forgetJoin()
        case .startDependents: EffectBuilder(dependedOn(builder.target)).startDependents()
        case .startScratch: builder.startScratch()
        case .stopScratch: builder.stopScratch()
        case .deleteRunDirectory: builder.deleteRunDirectory()
        }
    }
}
