import Foundation
import Testing

@Suite(
    "An inventory that is discovered",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("discover", etcd: "3.5")
)
struct DiscoverTests {
    /// What the lab's own inventory says of the way in, as options.
    private func options(_ lab: Lab) throws -> [String] {
        let folder = URL(filePath: try lab.inventory).deletingLastPathComponent().path
        return [
            "--user", "ops", "--become", "sudo", "--identity", "\(folder)/id_ed25519",
            "--known-hosts", "\(folder)/known_hosts",
        ]
    }

    private func hosts(_ lab: Lab) throws -> [String] {
        let text = try String(contentsOfFile: try lab.inventory, encoding: .utf8)
        return text.matches(of: /host: ([0-9.]+),/).map { String($0.1) }
    }

    /// All that a plan needs, for every member.
    private struct Shown: Decodable {
        struct Member: Decodable, Equatable {
            var name: String
            var host: String
            var etcd: [String: String?]
            var service: [String: String]
            var peerURLs: [String]
            enum CodingKeys: String, CodingKey {
                case name, host, etcd, service
                case peerURLs = "initial-advertise-peer-urls"
            }
        }
        var members: [Member]
    }

    private func shown(_ lab: Lab, _ inventory: String) throws -> [Shown.Member] {
        let result = try lab.rekindle(["-i", inventory, "inventory", "show", "--output", "json"])
        try #require(result.status == 0, "\(result.errorText)")
        return try JSONDecoder().decode(Shown.self, from: result.output).members.sorted {
            $0.name < $1.name
        }
    }

    @Test("says of a live cluster what a person wrote of it, from one of its hosts or from all")
    func live() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let hosts = try hosts(lab)
        let known = try shown(lab, try lab.inventory)
        for (index, asked) in [[hosts[1]], hosts].enumerated() {
            let file = lost.scratch.file("discovered-\(index).yaml")
            let result = try lab.rekindle(
                ["inventory", "discover"] + asked + ["--out", file] + options(lab)
            )
            #expect(result.status == 0, "\(result.errorText)")
            let found = try shown(lab, file)
            #expect(found.map(\.name) == known.map(\.name))
            #expect(found.map(\.host) == known.map(\.host))
            #expect(found.map(\.peerURLs) == known.map(\.peerURLs))
            #expect(found.map(\.service) == known.map(\.service))
            #expect(found.map { $0.etcd["data-dir"] } == known.map { $0.etcd["data-dir"] })
            let check = try lab.rekindle(["-i", file, "check"])
            #expect(check.status == 0, "\(check.outputText)")
            let again = try lab.rekindle(
                ["inventory", "discover"] + asked + ["--out", file] + options(lab)
            )
            #expect(again.status == 64 && again.errorText.contains("is there already"))
        }
        let plan = try lab.rekindle([
            "-i", lost.scratch.file("discovered-1.yaml"), "--state-dir", lost.stateDirectory,
            "restore", "--snapshot", lost.snapshot, "--yes", "-q",
        ])
        #expect(plan.status == 0, "\(plan.errorText)")
    }

    @Test("says of dead members what their hosts tell, and names a host that has no etcd")
    func dead() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        for member in 1...3 { try lab.exec(member, "systemctl stop etcd") }
        try lab.exec(
            3,
            """
            cd /etc/systemd/system
            mv etcd.service /root/
            ln -s /dev/null etcd.service
            systemctl daemon-reload
            """
        )
        defer {
            _ = try? lab.exec(
                3,
                "mv -f /root/etcd.service /etc/systemd/system/; systemctl daemon-reload"
            )
        }
        let file = lost.scratch.file("discovered.yaml")
        let hosts = try hosts(lab)
        let result = try lab.rekindle(
            ["inventory", "discover"] + hosts + ["--out", file] + options(lab)
        )
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains("error: \(hosts[2]): no etcd was found"))
        #expect(result.errorText.contains("etcd-1: no member list could be had"))
        #expect(try shown(lab, file).map(\.name) == ["etcd-1", "etcd-2"])
    }

    @Test("tells of an etcd that was started by hand, and takes its programs from beside it")
    func byHand() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        // the tools are beside the etcd of the unit, and nowhere else
        try lab.exec(
            2,
            """
            mkdir -p /opt/etcd
            cp /usr/bin/etcd /usr/bin/etcdctl /usr/bin/etcdutl /opt/etcd/
            sed -i 's,^ExecStart=.*,ExecStart=/opt/etcd/etcd,' /etc/systemd/system/etcd.service
            systemctl daemon-reload
            systemctl restart etcd
            mv /usr/bin/etcdctl /usr/bin/hidden-etcdctl
            """
        )
        defer { _ = try? lab.exec(2, "mv /usr/bin/hidden-etcdctl /usr/bin/etcdctl") }
        try lab.exec(
            3,
            """
            systemctl stop etcd
            mv /etc/systemd/system/etcd.service /root/
            ln -s /dev/null /etc/systemd/system/etcd.service
            systemctl daemon-reload
            set -a; . /etc/default/etcd
            setsid -f etcd >/dev/null 2>&1 </dev/null
            """
        )
        // it runs as root, which a reset does not expect
        defer {
            _ = try? lab.exec(3, "pkill -x etcd; mv -f /root/etcd.service /etc/systemd/system/")
        }
        let file = lost.scratch.file("discovered.yaml")
        let hosts = try hosts(lab)
        let result = try lab.rekindle(
            ["inventory", "discover"] + hosts + ["--out", file] + options(lab)
        )
        #expect(result.status == 3, "\(result.errorText)")
        let said = result.errorText.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(said.contains("\(hosts[2]): an etcd runs there that neither a unit"), "\(said)")
        #expect(said.contains(": etcd") && said.contains("process "), "\(said)")
        #expect(said.contains("kind: commands"), "\(said)")
        let found = try shown(lab, file)
        #expect(found.map { $0.etcd["bin-dir"] ?? nil } == [nil, "/opt/etcd", nil])
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }
}
