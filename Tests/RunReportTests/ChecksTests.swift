import Foundation
import RestorePlanning
import RunReport
import TestSupport
import Testing

@Suite("The checks of a cluster")
struct ChecksTests {
    private let members = ["etcd-1", "etcd-2", "etcd-3"]

    private var checks: [Check] {
        members.flatMap { name in
            [
                Check("reachable", member: name, .holds, "\(name).prod, host key verified"),
                Check("root", member: name, .holds, "commands run as root"),
                Check("initial-advertise-peer-urls", member: name, .holds, "https://10.0.0.1:2380"),
                name == "etcd-2"
                    ? Check(
                        "clock",
                        member: name,
                        .warns,
                        "9 s ahead of this machine's",
                        hint: "certificates and leases depend on clocks; see to its time service"
                    ) : Check("clock", member: name, .holds, "within 5 s of this machine's"),
                name == "etcd-3"
                    ? Check(
                        "space",
                        member: name,
                        .fails,
                        "1.02 GiB free at /var/lib/etcd, 2.80 GiB needed",
                        hint: "make room there; the old data stays until `rekindle clean`, and "
                            + "older runs may have left some: see `rekindle runs`"
                    )
                    : Check(
                        "space",
                        member: name,
                        .holds,
                        "38.2 GiB free at /var/lib/etcd, 2.80 GiB needed"
                    ),
            ]
        } + [
            Check(
                "newer data",
                member: nil,
                .warns,
                "the running cluster is 138 revisions newer than the snapshot (4815300 against "
                    + "4815162): they will be gone",
                hint: "take a snapshot of it first, if anything in it is worth keeping"
            )
        ]
    }

    @Test("are a table with what forbids a restore last, beside the summary")
    func golden() {
        GoldenFile.expect(
            ChecksText.render(checks, cluster: "prod", members: members, style: .plain),
            in: "checks.txt"
        )
        GoldenFile.expect(
            ChecksText.render(checks, cluster: "prod", members: members, style: .ascii),
            in: "checks-ascii.txt"
        )
    }

    @Test("that all hold are said to forbid nothing")
    func allHold() {
        let text = ChecksText.render(
            checks.filter { $0.verdict == .holds },
            cluster: "prod",
            members: members,
            style: .plain
        )
        #expect(
            text.contains("3 members: 13 checks hold, 0 warn, 0 fail. Nothing forbids a restore.")
        )
    }

    @Test("tell hosts of groups from members, also where they are as many")
    func groupHosts() throws {
        let others = ["cp-1", "cp-2", "cp-3"].flatMap { name in
            [
                Check("reachable", member: name, .holds, "host of a group, host key verified"),
                Check("root", member: name, .holds, "commands run as root"),
            ]
        }
        let all = checks + others
        let text = ChecksText.render(all, cluster: "prod", members: members, style: .plain)
        #expect(text.hasPrefix("Checks of cluster prod, 3 members and 3 hosts of groups\n"))
        #expect(text.contains("3 members and 3 hosts of groups: "))
        let lines = text.split(separator: "\n").filter { $0.contains("host of a group") }
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.contains("(group)") && !$0.contains("all 3") })
        let json = try ChecksJSON.encode(all, cluster: "prod", members: members)
        let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let found = try #require(document?["checks"] as? [[String: Any]])
        #expect(Set(found.compactMap { $0["member"] as? String }) == Set(members))
        #expect(Set(found.compactMap { $0["host"] as? String }) == ["cp-1", "cp-2", "cp-3"])
    }

    @Test("as JSON keep every check, and count them")
    func json() throws {
        GoldenFile.expect(
            try ChecksJSON.encode(checks, cluster: "prod", members: members),
            in: "checks.json"
        )
    }
}
