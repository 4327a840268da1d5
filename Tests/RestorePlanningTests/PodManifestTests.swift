import RemoteHost
import Testing

@testable import RestorePlanning

@Suite("What a static pod's manifest tells of etcd")
struct PodManifestTests {
    /// As kubeadm 1.28 writes it, with what does not matter left out.
    static let kubeadm = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: etcd
          namespace: kube-system
        spec:
          containers:
          - command:
            - etcd
            - --advertise-client-urls=https://10.0.0.1:2379
            - --data-dir=/var/lib/etcd
            - --experimental-initial-corrupt-check=true
            - --initial-advertise-peer-urls=https://10.0.0.1:2380
            - --initial-cluster=cp-1=https://10.0.0.1:2380
            - --name=cp-1
            env:
            - name: ETCD_QUOTA_BACKEND_BYTES
              value: "8589934592"
            name: etcd
            volumeMounts:
            - mountPath: /var/lib/etcd
              name: etcd-data
            - mountPath: /etc/kubernetes/pki/etcd
              name: etcd-certs
          hostNetwork: true
          volumes:
          - hostPath:
              path: /etc/kubernetes/pki/etcd
              type: DirectoryOrCreate
            name: etcd-certs
          - hostPath:
              path: /srv/etcd
              type: DirectoryOrCreate
            name: etcd-data
        """

    @Test("its flags and variables, and its directory as it is on the host")
    func reads() throws {
        let configuration = try #require(PodManifest(Self.kubeadm)).configuration([:])
        #expect(configuration["name"] == "cp-1")
        #expect(configuration["data-dir"] == "/srv/etcd")
        #expect(configuration["quota-backend-bytes"] == "8589934592")
        #expect(configuration.checksAtStart)
    }

    @Test("a directory below a mount is below it on the host, one that no mount has is not told")
    func mounts() throws {
        let below = Self.kubeadm.replacing(
            "--data-dir=/var/lib/etcd",
            with: "--data-dir=/var/lib/etcd/a"
        )
        #expect(try #require(PodManifest(below)).configuration([:])["data-dir"] == "/srv/etcd/a")
        let inside = Self.kubeadm.replacing(
            "--data-dir=/var/lib/etcd",
            with: "--data-dir=/var/lib/etcd2"
        )
        #expect(try #require(PodManifest(inside)).configuration([:])["data-dir"] == nil)
    }

    @Test(
        "nothing where it is no manifest of etcd",
        arguments: ["", "a: b", "spec: {containers: []}", "spec: {containers: [{name: x}]}", "{"]
    )
    func nothing(text: String) {
        #expect(PodManifest(text) == nil)
    }
}
