import ClusterInventory
import TestSupport
import Testing

@Suite("Inventory: services")
struct ServiceTests {
    private static let members =
        "members: [{name: a, host: h, initial-advertise-peer-urls: [http://h:2380]}]"

    private func service(_ text: String) -> ServiceSettings? {
        InventoryReader.read(
            Array("cluster: {name: prod}\nservice: \(text)\n\(Self.members)\n".utf8),
            file: "inventory.yaml",
            surroundings: Surroundings(user: "ops", home: "/home/ops", folder: "/work")
        ).0?.members.first?.service
    }

    @Test("a static pod has kubeadm's manifest, or another")
    func staticPod() {
        #expect(service("{kind: static-pod}")?.manifest == "/etc/kubernetes/manifests/etcd.yaml")
        #expect(service("{kind: static-pod, manifest: /a/b/c.yaml}")?.manifest == "/a/b/c.yaml")
    }

    @Test("commands are words, and hold and release may be left out")
    func commands() {
        let text = "{kind: commands, start: [rc, start], stop: [rc, stop], status: [rc, status]}"
        let commands = service(text)?.commands
        #expect(commands?.start == ["rc", "start"])
        #expect(commands?.hold == [])
    }

    @Test(
        "says what is wrong",
        arguments: [
            "{kind: commands, start: [rc], stop: [rc]}",
            "{kind: commands, start: [], stop: [rc], status: [rc]}",
            "{kind: commands, start: [rc], stop: [rc], status: [rc], hold: [rc]}",
            "{kind: static-pod, unit: etcd.service}", "{kind: systemd, manifest: /a/b/c.yaml}",
            "{kind: static-pod, manifest: etcd.yaml}", "{kind: static-pod, manifest: /etcd.yaml}",
            "{kind: upstart}",
        ]
    )
    func wrong(text: String) {
        #expect(service(text) == nil)
    }
}
