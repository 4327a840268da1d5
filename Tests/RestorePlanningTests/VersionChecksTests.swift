import EtcdModel
import Testing

@testable import RestorePlanning

@Suite("The snapshot's version against a host's etcd and its tool")
struct VersionChecksTests {
    struct Row: Sendable, CustomTestStringConvertible {
        /// `clusterVersion`, then `storageVersion` if the data has one.
        var snapshot: String
        var server: String?
        var tool: String?
        var wanted: Check.Verdict
        var testDescription: String {
            "snapshot \(snapshot), server \(server ?? "?"), tool \(tool ?? "?"): \(wanted)"
        }
    }

    /// The corpus has snapshots of 3.4.23, 3.5.16, 3.5.30, 3.6.14 and 3.7.1.
    static let rows: [Row] = {
        let servers = ["3.4.23", "3.5.16", "3.5.30", "3.6.14", "3.7.1"]
        let snapshots = ["3.4.0", "3.5.0", "3.6.0 3.6.0", "3.7.0 3.7.0"]
        var rows: [Row] = []
        for (age, snapshot) in snapshots.enumerated() {
            for server in servers {
                let minor = ["3.4": 0, "3.5": 1, "3.6": 2, "3.7": 3][String(server.prefix(3))] ?? 0
                let verdict: Check.Verdict =
                    age <= minor ? .holds : age == 1 ? .warns : .fails
                rows.append(Row(snapshot: snapshot, server: server, tool: server, wanted: verdict))
                // the tool of 3.4 for newer servers, or for newer data
                rows.append(
                    Row(
                        snapshot: snapshot,
                        server: server,
                        tool: "3.4.23",
                        wanted: max(minor, age) >= 2 ? .fails : verdict
                    )
                )
            }
            rows.append(Row(snapshot: snapshot, server: nil, tool: "3.6.14", wanted: .warns))
        }
        return rows + [
            // the data is newer than the version that the cluster agreed on, in the middle of an upgrade
            Row(snapshot: "3.5.0 3.6.0", server: "3.5.30", tool: "3.5.30", wanted: .fails),
            Row(snapshot: "3.6.0 3.5.0", server: "3.5.30", tool: "3.5.30", wanted: .fails),
            Row(snapshot: "4.0.0", server: "3.7.1", tool: "3.7.1", wanted: .fails),
            Row(snapshot: "3.10.0", server: "3.9.2", tool: "3.9.2", wanted: .fails),
            Row(snapshot: "3.9.0", server: "3.10.2", tool: "3.10.2", wanted: .holds),
            Row(snapshot: "3.7.0", server: nil, tool: "3.4.23", wanted: .fails),
            Row(snapshot: "3.5.0", server: "3.5.30", tool: nil, wanted: .holds),
        ]
    }()

    @Test(arguments: rows) func `is judged for each host`(_ row: Row) throws {
        var proof = Sample.proof
        let versions = row.snapshot.split(separator: " ").map(String.init)
        proof.clusterVersion = versions.first
        proof.storageVersion = versions.dropFirst().first
        var facts = Sample.facts()
        facts.live = nil
        func found(_ version: String?) -> ToolFacts.Found? {
            version.flatMap { EtcdVersion(text: $0) }.map {
                ToolFacts.Found(path: "/x", version: $0)
            }
        }
        facts.tools.etcd = found(row.server)
        let tool = found(row.tool)
        facts.tools.etcdutl = tool.flatMap { ($0.version?.minor ?? 0) >= 5 ? $0 : nil }
        facts.tools.etcdctl = tool
        let checks = VersionChecks.of(proof, [("etcd-1", facts)])
        let check = try #require(checks.first)
        #expect(checks.count == 1)
        #expect(check.verdict == row.wanted, "\(check.saw)")
        #expect((check.hint != nil) == (check.verdict != .holds))
    }

    @Test func `an etcd that answers tells its version where there is no program`() {
        var facts = Sample.facts()
        facts.tools.etcd = nil
        facts.live?.version = "3.4.23"
        #expect(VersionChecks.of(Sample.proof, [("a", facts)]).first?.verdict == .warns)
        facts.live?.version = "garbage"
        #expect(
            VersionChecks.of(Sample.proof, [("a", facts)]).first?.saw.contains("not known") == true
        )
    }
}
