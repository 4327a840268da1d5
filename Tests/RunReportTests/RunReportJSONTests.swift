import EtcdModel
import Foundation
import RestorePlanning
import RestoreRun
import RunReport
import TestSupport
import Testing

@Suite("A run as JSON")
struct RunReportJSONTests {
    private func document(_ run: SampleRun) throws -> [String: Any] {
        let text = try RunReportJSON.encode(RunSummary(plan: run.plan, state: run.state))
        return try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        )
    }

    @Test("of a restore has every key of the contract, numbers as numbers")
    func restored() throws {
        let run = try SampleRun.restored()
        GoldenFile.expect(
            try RunReportJSON.encode(RunSummary(plan: run.plan, state: run.state)),
            in: "report-restored.json"
        )
        let document = try document(run)
        #expect(document["run"] as? String == "20261122T164512Z-3fa9c1")
        #expect(document["cluster"] as? String == "prod")
        #expect(document["outcome"] as? String == "restored")
        #expect(document["clusterID"] as? String == "cd8c16918a427f8")
        #expect(document["downtimeSeconds"] as? Double ?? 0 > 1)
        #expect(document["totalSeconds"] as? Double ?? 0 > 1)
        #expect(document["error"] == nil)

        let snapshot = try #require(document["snapshot"] as? [String: Any])
        #expect(snapshot["path"] as? String == "/backup/prod/2026-11-22T1600.db")
        #expect(snapshot["sha256"] as? String == Sample.snapshot.sha256)
        #expect(snapshot["bytes"] as? Int == 1_406_599_200)
        #expect(snapshot["revision"] as? Int == 4_815_162)
        #expect(snapshot["keys"] as? Int == 20_345)

        let member = try #require((document["members"] as? [[String: Any]])?.first)
        #expect(member["name"] as? String == "etcd-1")
        #expect(member["host"] as? String == "10.0.0.1")
        #expect(member["memberID"] as? String == "bd9cac169c9be39f")
        #expect(member["state"] as? String == "proven")
        #expect(member["revision"] as? Int == 4_815_162)
        #expect(member["hashKV"] as? Int == 1_047_458_361)

        let phases = try #require(document["phases"] as? [[String: Any]])
        #expect(phases.map { $0["name"] as? String } == run.plan.steps.map(\.name))
        let upload = try #require(phases.first { $0["name"] as? String == "distribute-snapshot" })
        #expect(upload["attempts"] as? Int == 2)
        let startedAt = try #require(phases.first?["startedAt"] as? String)
        #expect(startedAt.wholeMatch(of: /2026-11-22T16:45:12\.[0-9]{3}Z/) != nil)
        #expect(phases.allSatisfy { $0["seconds"] is Double })
    }

    @Test("of a failure tells host, step, message and hint, and has no downtime")
    func failed() throws {
        let document = try document(try .failed())
        #expect(document["outcome"] as? String == "failed")
        #expect(document["downtimeSeconds"] is NSNull)
        let error = try #require(document["error"] as? [String: Any])
        #expect(error["host"] as? String == "etcd-2")
        #expect(error["step"] as? String == "restore-snapshot")
        #expect((error["message"] as? String)?.hasPrefix("could not restore") == true)
        #expect(error["hint"] as? String == "make room on the host, then `rekindle resume`")
        let members = try #require(document["members"] as? [[String: Any]])
        #expect(
            members.map { $0["state"] as? String }
                == ["restored beside", "failed", "old data set aside"]
        )
        #expect(members.allSatisfy { $0["revision"] is NSNull })
    }

    @Test("is the same bytes for the same run")
    func stable() throws {
        let run = try SampleRun.restored()
        let summary = RunSummary(plan: run.plan, state: run.state)
        let first = try RunReportJSON.encode(summary)
        for _ in 0..<5 { #expect(try RunReportJSON.encode(summary) == first) }
    }
}
