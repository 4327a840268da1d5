import Foundation
import Glibc
import Testing

/// As kubeadm runs it; the kubelet is a stand-in of the lab (lab/kubelet.py), the container is crun's.
@Suite(
    "etcd as a static pod",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: "/usr/bin/crun"),
        "crun is not installed"
    ),
    .lab("pods", etcd: "3.5")
)
struct StaticPodTests {
    private static let manifest = "/etc/kubernetes/manifests/etcd.yaml"
    private static let held = "/etc/kubernetes/rekindle-held"

    func cluster() throws -> LostCluster {
        let lost = try LostCluster(.current)
        try lost.lab.script("static-pods", [])
        return lost
    }

    /// The manifests are where they were, with nothing beside them.
    private func requireManifests(_ lost: LostCluster) throws {
        for member in try lost.lab.members {
            let found = try lost.lab.exec(member, "ls -A /etc/kubernetes /etc/kubernetes/manifests")
            #expect(
                found.outputText
                    == "/etc/kubernetes:\nmanifests\n\n/etc/kubernetes/manifests:\netcd.yaml\n",
                "etcd-\(member)"
            )
        }
    }

    @Test("is restored and proven, and rolled back, by its manifest")
    func restores() throws {
        let lost = try cluster()
        let check = try lost.rekindle("check")
        #expect(check.status == 0, "\(check.errorText)")
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-q")
        try #require(restore.status == 0, "\(restore.errorText)")
        try lost.requireRestored()
        try requireManifests(lost)
        let rollback = try lost.rekindle("rollback", "--yes", "-q")
        try #require(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
        try requireManifests(lost)
    }

    @Test(
        "stays down while its run is broken off, and is refused where somebody made its manifest again"
    )
    func brokenOff() throws {
        let lost = try cluster()
        let lab = lost.lab
        try lost.die(
            ["restore", "--snapshot", lost.snapshot, "--yes", "-q"],
            at: .before("upload-snapshot")
        )
        for member in try lab.members {
            let left = try lab.exec(
                member,
                "systemctl restart lab-kubelet; sleep 1; pgrep -x etcd || echo none"
            )
            #expect(left.outputText == "none\n", "etcd-\(member)")
        }
        try lab.exec(2, "cp \(Self.held)/etcd.yaml \(Self.manifest)")
        let refused = try lost.rekindle("resume", "-q")
        #expect(refused.status == 1, "\(refused.errorText)")
        #expect(refused.outputText.contains("etcd-2"), "\(refused.outputText)")
        #expect(refused.outputText.contains("HINT: "), "\(refused.outputText)")
        try lab.exec(2, "rm \(Self.manifest); while pgrep -x etcd >/dev/null; do sleep 0.2; done")
        let resume = try lost.rekindle("resume", "-q")
        try #require(resume.status == 0, "\(resume.errorText)")
        try lost.requireRestored()
        try requireManifests(lost)
    }
}
