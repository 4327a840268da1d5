import Foundation
import Glibc
import Testing

/// The whole of a control plane's life, as kubeadm lays it out, with clients that watch as kubelets and controllers do: they go
/// on from the last revision that they saw, and a cluster whose revision is below that sends them nothing, without an error.
///
/// The containers and manifests are real; kubelet and API server are the lab's (lab/kubelet.py, lab/kube-apiserver.py).
@Suite(
    "Kubernetes whose clients watch",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: "/usr/bin/crun"),
        "crun is not installed"
    ),
    .lab("watch", etcd: "3.5")
)
struct KubernetesWatchTests {
    private static let manifests = "/etc/kubernetes/manifests"

    /// A restored run's end, as `--output json` tells it.
    private struct Ended: Decodable {
        var run: String
        var outcome: String
        var clientsOutSeconds: Double?
    }

    private struct Recovered: Decodable {
        struct Member: Decodable { var revision: Int64? }
        struct Stored: Decodable { var snapshot: String }
        var members: [Member]
        var stored: Stored
    }

    /// The lab's clients, for as long as a test runs.
    private final class Informers {
        private let lab: Lab
        private let file: String

        init(_ lab: Lab, _ scratch: Scratch) throws {
            self.lab = lab
            file = scratch.file("informers")
            try lab.script("informers", ["start", file])
        }

        deinit { _ = try? lab.script("informers", ["stop", file]) }

        /// Fails if one of them does not hear of what is written now.
        func requireHearing(location: SourceLocation = #_sourceLocation) throws {
            #expect(throws: Never.self, sourceLocation: location) {
                try lab.script("informers", ["judge", file])
            }
        }
    }

    private func restore(_ lost: LostCluster, _ more: String...) throws -> Program.Result {
        try lost.lab.rekindle(
            try lost.arguments(
                ["restore", "--playbook", "restore-kubernetes", "--yes", "--output", "json"] + more
            )
        )
    }

    private func revision(_ lost: LostCluster) throws -> Int64 {
        try lost.lab.contents().header.revision
    }

    private func readyEverywhere(_ lost: LostCluster) throws -> Bool {
        try lost.lab.members.allSatisfy {
            try lost.lab.exec(
                $0,
                "curl -sk -m 5 -o /dev/null -w '%{http_code}' https://127.0.0.1:6443/readyz || :"
            )
            .outputText == "200"
        }
    }

    private func cluster() throws -> LostCluster {
        let lost = try LostCluster(.current)
        try lost.lab.script("static-pods", ["--control-plane"])
        return lost
    }

    @Test(
        "a restore, a rollback that is refused, the restore that it names, and the first one again: whoever watches hears on"
    )
    func watched() throws {
        let lost = try cluster()
        let informers = try Informers(lost.lab, lost.scratch)
        try informers.requireHearing()
        let first = try restore(lost, "--snapshot", lost.snapshot)
        try #require(first.status == 0, "\(first.errorText)")
        let ended = try JSONDecoder().decode(Ended.self, from: first.output)
        #expect(ended.clientsOutSeconds != nil)
        #expect(try readyEverywhere(lost), "ready when the run ends, not some time later")
        try informers.requireHearing()
        let raised = try revision(lost)
        #expect(raised > 1_000_000_000)

        // back: the old cluster is below what clients have seen
        let rollback = try lost.rekindle("rollback", ended.run, "--yes", "-q")
        #expect(rollback.status == 3, "\(rollback.errorText)")
        #expect(rollback.errorText.contains("clients have watched the restored cluster"))
        #expect(rollback.errorText.contains("no host was changed"))
        try informers.requireHearing()
        let hint = try #require(
            rollback.errorText.split(separator: "`").first { $0.hasPrefix("rekindle restore ") }
        )
        let words = hint.split(separator: " ").dropFirst(2).map(String.init)
        let back = try lost.lab.rekindle(
            try lost.arguments(["restore"] + words + ["--yes", "--output", "json"])
        )
        try #require(back.status == 0, "\(hint): \(back.errorText)")
        let contents = try lost.lab.contents().kvs?.filter {
            // "/registry/lab/", which the clients are told of, as etcdctl prints it
            !$0.key.hasPrefix("L3JlZ2lzdHJ5L2xhYi")
        }
        #expect(contents?.map(\.key) == lost.newest.kvs?.map(\.key), "the old cluster's last keys")
        #expect(try revision(lost) > raised)
        try informers.requireHearing()

        // what lies set aside is the same, where no snapshot was saved before the stop
        let kept = lost.scratch.file("kept")
        let recovered = try lost.rekindle(
            "snapshot",
            "recover",
            "--set-aside",
            ended.run,
            "--to",
            kept,
            "--output",
            "json"
        )
        try #require(recovered.status == 0, "\(recovered.errorText)")
        let stored = try JSONDecoder().decode(Recovered.self, from: recovered.output)
        let set = Set(stored.members.compactMap(\.revision))
        #expect(set.count == 1 && (set.first ?? 0) < 1_000_000_000)
        let plan = try lost.rekindle(
            "plan",
            "--playbook",
            "restore-kubernetes",
            "--snapshot",
            "\(kept)/\(stored.stored.snapshot)"
        )
        #expect(plan.status == 0, "\(plan.errorText)")

        // and the same snapshot once more
        let before = try revision(lost)
        let again = try restore(lost, "--snapshot", lost.snapshot)
        try #require(again.status == 0, "\(again.errorText)")
        #expect(try revision(lost) > before)
        try informers.requireHearing()
        // without a raise there is no third
        let unraised = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        #expect(unraised.status == 3, "\(unraised.errorText)")
        #expect(unraised.errorText.contains("add --bump-revision auto"))
    }

    @Test(
        "a run that was broken off before clients came back is rolled back or resumed, and they hear on"
    )
    func brokenOff() throws {
        let lost = try cluster()
        let informers = try Informers(lost.lab, lost.scratch)
        try informers.requireHearing()
        let words = [
            "restore", "--playbook", "restore-kubernetes", "--snapshot", lost.snapshot, "--yes",
            "-q",
        ]
        try lost.die(words, at: .after("start-service", members: 3))
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        #expect(try lost.lab.identity() == lost.oldIdentity)
        try informers.requireHearing()

        try lost.die(words, at: .after("set-aside-data", members: 1))
        let resume = try lost.rekindle("resume", "-q")
        try #require(resume.status == 0, "\(resume.errorText)")
        #expect(try readyEverywhere(lost))
        try informers.requireHearing()
    }

    @Test(
        "hosts whose kubelets have reached no API server since they booted are restored, and rolled back"
    )
    func rebooted() throws {
        let lost = try cluster()
        // the port of nobody: as where etcd, and so every API server, was down at the boot
        for member in try lost.lab.members {
            try lost.lab.exec(member, "sed -i s/6443/6444/ /etc/kubernetes/kubelet.conf")
        }
        try lost.lab.script("power", ["cycle", "all"])
        try lost.lab.awaitLeader(1, 2, 3)
        for member in try lost.lab.members {
            try lost.lab.exec(
                member,
                "until pgrep -x kube-apiserver >/dev/null; do sleep 0.2; done"
            )
        }
        let words = [
            "restore", "--playbook", "restore-kubernetes", "--snapshot", lost.snapshot, "--yes",
            "-q",
        ]
        try lost.die(words, at: .after("start-service", members: 3))
        // its own control plane is down, the restored etcd is to be stopped by a kubelet that stops nothing
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        #expect(try lost.lab.identity() == lost.oldIdentity)
        let result = try restore(lost, "--snapshot", lost.snapshot)
        try #require(result.status == 0, "\(result.errorText)")
        #expect(try readyEverywhere(lost))
        for member in try lost.lab.members {
            let log = try lost.lab.exec(member, "journalctl -q -b -u kubelet -o cat").outputText
            #expect(log.contains("etcd: skipping delete because sources aren't ready yet"))
        }
    }

    @Test("pods that are in back-off when the restore comes do not keep it waiting")
    func backOff() throws {
        let lost = try cluster()
        try lost.lab.exec(
            2,
            """
            echo LAB_BACKOFF=280 >/etc/default/kubelet; systemctl restart kubelet
            for p in etcd kube-scheduler; do
              n=0
              while [ $n -lt 20 ]; do
                q=$(pgrep -x $p | head -n 1)
                if [ -n "$q" ]; then kill -KILL $q; n=0; fi
                n=$((n + 1)); sleep 0.2
              done
            done
            """
        )
        let before = try lost.lab.exec(2, "systemctl show -p InvocationID kubelet").outputText
        let result = try restore(lost, "--snapshot", lost.snapshot)
        try #require(result.status == 0, "\(result.errorText)")
        #expect(try readyEverywhere(lost))
        #expect(try lost.lab.exec(2, "systemctl show -p InvocationID kubelet").outputText != before)
        let running = try lost.lab.exec(2, "pgrep -cx kube-scheduler || :").outputText
        #expect(running == "1\n")
    }

    @Test("an API server and an etcd of another cluster, by the same names, are left alone")
    func others() throws {
        let lost = try cluster()
        for member in try lost.lab.members {
            try lost.lab.exec(
                member,
                """
                mkdir -p /root/other && cp /bin/sleep /root/other/kube-apiserver && cp /bin/sleep /root/other/etcd
                setsid /root/other/kube-apiserver 3000 </dev/null >/dev/null 2>&1 &
                setsid /root/other/etcd 3000 </dev/null >/dev/null 2>&1 &
                """
            )
        }
        let result = try restore(lost, "--snapshot", lost.snapshot)
        try #require(result.status == 0, "\(result.errorText)")
        for member in try lost.lab.members {
            let left = try lost.lab.exec(member, "pgrep -fc '^/root/other/' || :").outputText
            #expect(left == "2\n", "etcd-\(member)")
        }
    }
}
