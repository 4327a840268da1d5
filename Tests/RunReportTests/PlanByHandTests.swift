import EtcdModel
import Foundation
import RestorePlanning
import RunReport
import TestSupport
import Testing

/// The scripts do what they say: run on real files, with systemctl and the restore tool scripted.
@Suite(
    "A host's script, run by hand",
    .enabled(if: Program.isInstalled("flock"), "flock (util-linux) is not installed"),
    .enabled(
        if: FileManager.default.fileExists(atPath: "/etc/systemd/system"),
        "the hold's path leads through /etc/systemd/system, which is not here"
    )
)
struct PlanByHandTests {
    private let scratch: Scratch
    private let plan: Plan
    private let run = Sample().run.rawValue
    private let hold = "etcd.service.d/rekindle-hold.conf"
    private var work: String { "data/.rekindle/\(run)" }

    init() throws {
        scratch = try Scratch()
        try scratch.write("old", to: "data/member/snap/db")
        let programs = try scratch.programs()
        try programs.write(Self.systemctl, as: "systemctl")
        try scratch.write("active\n", to: "state")
        try programs.write(Self.tool, as: "etcdutl")
        try programs.write(Self.etcdctl, as: "etcdctl")
        var sample = Sample(
            names: ["etcd-1"],
            dataDirs: ["etcd-1": "\(scratch.path)/data"],
            restoreTool: "\(scratch.path)/bin/etcdutl",
            etcdctl: "\(scratch.path)/bin/etcdctl",
            owner: try Program.run(["id", "-un"]).output.split(separator: "\n").joined(),
            // out of systemd's directory again: the hold is a file of this test
            unit: "../../..\(scratch.path)/etcd.service"
        )
        sample.proof.bytes = 8
        sample.proof.sha256 = try Self.digest("snapshot")
        plan = sample.plan
        for script in PlanShell.scripts(plan) {
            try scratch.write(script.text, to: "script.sh")
        }
    }

    private static let systemctl = """
        case $1 in
        is-active) cat "$STATE" ;;
        stop) echo inactive >"$STATE" ;;
        esac
        """

    /// Restores as etcdutl does: into `--data-dir`, which it refuses to overwrite.
    private static let tool = """
        set -eu
        file=$3
        while [ "$#" -gt 0 ]; do
          case $1 in --data-dir) dir=$2 ;; esac
          shift
        done
        [ ! -e "$dir" ]
        mkdir -p "$dir/member/snap"
        cat "$file" >"$dir/member/snap/db"
        """

    private static let etcdctl = """
        case "$*" in
        *status*) echo '[{"Status":{"header":{"cluster_id":\(Sample.clusterID.rawValue),\
        "member_id":\(Sample.ids[0]),"revision":4815162},"leader":\(Sample.ids[0])}}]' ;;
        *hashkv*) echo "[{\\"HashKV\\":{\\"header\\":{\\"revision\\":4815162},\\"hash\\":${HASH:-1047458361},\\"compact_revision\\":1}}]" ;;
        *get*) echo '"Count" : 20345' ;;
        *txn*) echo FAILURE ;;
        esac
        """

    private static func digest(_ text: String) throws -> String {
        String(try Program.run(["sha256sum"], input: text).output.prefix(64))
    }

    private func stage(
        _ name: String,
        input: String = "",
        _ environment: [String: String] = [:]
    ) throws -> Program {
        try Program.run(
            ["sh", "script.sh", name],
            input: input,
            in: scratch.path,
            environment: ["PATH": "\(scratch.path)/bin", "STATE": "\(scratch.path)/state"].merging(
                environment
            ) {
                $1
            }
        )
    }

    private func pass(_ stages: [String], input: String = "") throws {
        for name in stages {
            let done = try stage(name, input: input)
            #expect(done.status == 0, "\(name): \(done.output)")
        }
    }

    @Test("restores, proves, and with the rollback puts the old data back")
    func wholeWay() throws {
        try pass(["step_1_1", "step_2_1", "step_2_2"])
        #expect(scratch.exists(hold))
        try pass(["step_3_1"], input: "snapshot")
        try pass(["step_4_1", "step_5_1", "step_6_1", "step_7_1", "step_7_2", "step_8_1"])
        #expect(!scratch.exists(hold))
        #expect(try scratch.read("data/member/snap/db") == "snapshot")
        #expect(try scratch.read("\(work)/aside/member/snap/db") == "old")
        try pass(["step_9_1"])
        #expect(!scratch.exists("\(work)/snapshot.db"))
        #expect(!scratch.exists("data/.rekindle/lock"))

        try pass(["rollback_1_1", "rollback_2_1", "rollback_2_2", "rollback_3_1", "rollback_4_1"])
        try pass(["rollback_3_1", "rollback_5_1"])
        #expect(try scratch.read("data/member/snap/db") == "old")
        #expect(try scratch.read("\(work)/discarded/member/snap/db") == "snapshot")
    }

    @Test("rolls back from before the old data was set aside without touching it")
    func rollbackFromTheMiddle() throws {
        try pass(["step_1_1", "step_2_1", "step_2_2"])
        try pass(["step_3_1"], input: "snapshot")
        // as in the staged playbook: restored beside, nothing set aside yet
        try pass(["step_5_1", "rollback_3_1", "rollback_4_1"])
        #expect(try scratch.read("data/member/snap/db") == "old")
        #expect(!scratch.exists("\(work)/discarded/member"))
    }

    @Test("never takes old data for restored data, even where the staging directory is lost")
    func lostStaging() throws {
        try pass(["step_1_1", "step_2_1", "step_2_2"])
        try pass(["step_3_1"], input: "snapshot")
        try pass(["step_5_1"])
        try FileManager.default.removeItem(atPath: "\(scratch.path)/\(work)/staging")
        try pass(["rollback_3_1", "rollback_4_1"])
        #expect(try scratch.read("data/member/snap/db") == "old")
        #expect(!scratch.exists("\(work)/discarded/member"))
    }

    @Test("does nothing without the lock of its run")
    func needsLock() throws {
        let refused = try stage("step_4_1")
        #expect(refused.status == 75)
        #expect(refused.output.contains("is not this run's"))
        #expect(try scratch.read("data/member/snap/db") == "old")
    }

    @Test("refuses a host that another run has locked")
    func lockedByOther() throws {
        try scratch.write("run=20200101T000000Z-aaaaaa\n", to: "data/.rekindle/lock")
        _ = try Program.run(["chmod", "0700", "\(scratch.path)/data/.rekindle"])
        #expect(try stage("step_1_1").status == 75)
        #expect(try stage("step_4_1").status == 75)
        #expect(try scratch.read("data/member/snap/db") == "old")
    }

    @Test("renames nothing while etcd runs")
    func needsStopped() throws {
        try pass(["step_1_1", "step_2_1"])
        let refused = try stage("step_4_1")
        #expect(refused.status == 1)
        #expect(refused.output.contains("etcd.service is not stopped"))
        #expect(try scratch.read("data/member/snap/db") == "old")
    }

    @Test("stops and renames nothing while the service may be started by anybody")
    func needsHold() throws {
        try pass(["step_1_1"])
        for name in ["step_2_2", "step_4_1"] {
            #expect(try stage(name).output.contains("is not held"))
        }
        #expect(try scratch.read("data/member/snap/db") == "old")
    }

    @Test("refuses a snapshot with other bytes")
    func otherBytes() throws {
        try pass(["step_1_1"])
        let refused = try stage("step_3_1", input: "snapshit")
        #expect(refused.status == 65)
        #expect(!scratch.exists("\(work)/snapshot.db"))
    }

    @Test("puts nothing in place and starts nothing before the restore is whole")
    func needsRestore() throws {
        try pass(["step_1_1", "step_2_1", "step_2_2"])
        try pass(["step_3_1"], input: "snapshot")
        try pass(["step_4_1"])
        #expect(try stage("step_7_1").output.contains("is not whole"))
        #expect(try stage("step_7_2").output.contains("is not in place"))
        #expect(!scratch.exists("data/member"))
    }

    @Test("passes over old data that is not there")
    func noOldData() throws {
        try pass(["step_1_1", "step_2_1", "step_2_2", "step_4_1"])
        try pass(["step_4_1"])
        #expect(try scratch.read("\(work)/aside/member/snap/db") == "old")
    }

    @Test("says NOT PROVEN where one value differs")
    func notProven() throws {
        let proof = try stage("step_8_1", ["HASH": "10474583610"])
        #expect(proof.status == 1)
        #expect(proof.output.contains("FAILS: data hash"))
        #expect(proof.output.contains("holds: key count"))
    }

    @Test("lists its stages, and refuses one that it does not have")
    func unknownStage() throws {
        #expect(try stage("list").output.contains("step_2_1_hold_every_unit"))
        #expect(try stage("step_99_1").status == 64)
    }
}
