import Foundation
import Glibc
import Testing

/// kube-apiserver is a stand-in: Debian has none. What is real is how it is taken down and brought up: its
/// manifest, a kubelet that acts on it, a process of its name in a container.
extension StaticPodTests {
    private static let standIn = """
        set -e
        printf '#!/bin/sh\\ntrap "exit 0" TERM\\nwhile :; do sleep 0.2; done\\n' >/usr/local/bin/kube-apiserver
        chmod 0755 /usr/local/bin/kube-apiserver
        printf 'spec:\\n  containers:\\n  - command:\\n    - kube-apiserver\\n    name: kube-apiserver\\n' \
        >/etc/kubernetes/kube-apiserver.yaml
        mv /etc/kubernetes/kube-apiserver.yaml /etc/kubernetes/manifests/
        until pgrep -x kube-apiserver; do sleep 0.2; done
        """

    /// A cluster with a control plane on every host, and the inventory that says so.
    private func controlPlane() throws -> (LostCluster, inventory: String) {
        let lost = try cluster()
        for member in try lost.lab.members { try lost.lab.exec(member, Self.standIn) }
        let text = try String(contentsOfFile: lost.lab.inventory, encoding: .utf8)
        let names = try lost.lab.members.map { "etcd-\($0)" }.joined(separator: ", ")
        let path = URL(filePath: try lost.lab.inventory).deletingLastPathComponent()
            .appending(path: "inventory-kubernetes.yaml").path
        try (text + "groups: {control-plane: [\(names)]}\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        return (lost, path)
    }

    private func running(_ lost: LostCluster) throws -> [Bool] {
        try lost.lab.members.map {
            try lost.lab.exec($0, "pgrep -cx kube-apiserver || :").outputText != "0\n"
        }
    }

    private func rekindle(
        _ lost: LostCluster,
        _ inventory: String,
        _ words: String...
    ) throws -> Program.Result {
        try lost.lab.rekindle(
            ["-i", inventory, "--state-dir", lost.stateDirectory] + words
        )
    }

    @Test("under Kubernetes no API server sees etcd go back in time, nor at a rollback")
    func kubernetes() throws {
        let (lost, inventory) = try controlPlane()
        let restore = [
            "restore", "--playbook", "restore-kubernetes", "--snapshot", lost.snapshot, "--yes",
            "-q",
        ]
        let killed = try lost.lab.rekindle(
            ["-i", inventory, "--state-dir", lost.stateDirectory] + restore,
            environment: try JournalShim.death(at: .before("stop-service"))
        )
        #expect(killed.status == 128 + SIGKILL, "\(killed.errorText)")
        #expect(try running(lost) == [false, false, false], "no member is stopped before")
        let resume = try rekindle(lost, inventory, "resume", "-q")
        try #require(resume.status == 0, "\(resume.errorText)")
        #expect(try running(lost) == [true, true, true])
        let now = try lost.lab.contents()
        #expect(now.header.revision == lost.saved.header.revision + 1_000_000_000)
        #expect(now.kvs?.map(\.key) == lost.saved.kvs?.map(\.key))
        #expect(now.kvs?.map(\.value) == lost.saved.kvs?.map(\.value))

        let refused = try rekindle(lost, inventory, "rollback", "--yes", "-q")
        #expect(refused.status == 3, "\(refused.errorText)")
        #expect(refused.errorText.contains("clients have watched the restored cluster"))
        #expect(refused.errorText.contains("--bump-revision auto --snapshot etcd-"))
        let wordless = try rekindle(
            lost,
            inventory,
            "rollback",
            "--revision-goes-back",
            " ",
            "--yes"
        )
        #expect(wordless.status == 64, "\(wordless.errorText)")
        #expect(try lost.lab.contents() == now, "nothing was changed")
        let rollback = try rekindle(
            lost,
            inventory,
            "rollback",
            "--revision-goes-back",
            "nothing watches in this test",
            "--yes",
            "-q"
        )
        try #require(rollback.status == 0, "\(rollback.errorText)")
        try lost.requireOldCluster()
        #expect(try running(lost) == [true, true, true])
    }

    @Test("a control plane that does not go down stops the restore before any member")
    func controlPlaneStays() throws {
        let (lost, inventory) = try controlPlane()
        try lost.lab.exec(2, "mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/")
        let refused = try rekindle(
            lost,
            inventory,
            "restore",
            "--playbook",
            "restore-kubernetes",
            "--snapshot",
            lost.snapshot,
            "--yes",
            "-q"
        )
        #expect(refused.status == 1, "\(refused.errorText)")
        #expect(refused.outputText.contains("there is no /etc/kubernetes/manifests"))
        try lost.requireOldCluster()
        try lost.lab.exec(2, "mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/")
        let rollback = try rekindle(lost, inventory, "rollback", "--yes", "-q")
        #expect(rollback.status == 0, "\(rollback.errorText)")
        #expect(try running(lost) == [true, true, true])
        try lost.requireOldCluster()
    }
}
