import Foundation
import Testing

@Suite("A run whose files are damaged")
struct DamagedRunTests {
    private static let other = OldRun.all.first { $0.name == "rolled-back" }

    private func folder(_ damage: JournalDamage) throws -> (StateFolder, OldRun) {
        let folder = try StateFolder([.restored, try #require(Self.other)])
        try damage.make(folder, .restored)
        return (folder, .restored)
    }

    @Test(
        "is refused by every command that would go on from it, which points at `runs verify`",
        arguments: JournalDamage.all
    )
    func isRefused(_ damage: JournalDamage) throws {
        let (folder, run) = try folder(damage)
        let before = try folder.contents()
        for words in [["resume"], ["rollback", "--yes"], ["clean", "--yes"], ["report"]] {
            let result = try folder.rekindle(words[0], run.id, words.count > 1 ? words[1] : "-v")
            #expect(result.status == 65, "\(words): \(result.error)")
            #expect(result.output == "")
            for piece in damage.says + ["HINT:", "rekindle runs verify \(run.id)"] {
                #expect(result.flatError.contains(piece), "\(words): \(piece): \(result.error)")
            }
        }
        let show = try folder.rekindle("runs", "show", run.id)
        #expect(show.status == 65)
        for piece in damage.says { #expect(show.flatError.contains(piece)) }
        #expect(try folder.contents() == before, "a command changed the run's files")
    }

    @Test("does not hide the others in the list, and is marked there", arguments: JournalDamage.all)
    func isListed(_ damage: JournalDamage) throws {
        let (folder, run) = try folder(damage)
        let list = try folder.rekindle("runs")
        #expect(list.status == 65)
        let rows = list.output.split(separator: "\n")
        #expect(rows.contains { $0.hasPrefix(run.id) && $0.hasSuffix("damaged") })
        #expect(rows.contains { $0.hasSuffix("rolled-back") })
        #expect(list.flatError.contains("rekindle runs verify \(run.id)"))

        let json = try folder.rekindle("runs", "--output", "json")
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let runs = try #require((document as? [String: Any])?["runs"] as? [[String: Any]])
        #expect(runs.map { $0["phase"] as? String } == ["damaged", "rolled-back"])
        let problem = try #require(runs[0]["problem"] as? String)
        for piece in damage.says { #expect(problem.contains(piece)) }
    }

    @Test(
        "is told by `runs verify`: the line, what can be trusted, what can be done by hand",
        arguments: JournalDamage.all
    )
    func isVerified(_ damage: JournalDamage) throws {
        let (folder, run) = try folder(damage)
        let text = try folder.rekindle("runs", "verify", run.id)
        #expect(text.status == 65)
        for piece in damage.says + ["HINT:"] {
            #expect(text.flatError.contains(piece), "\(piece): \(text.error)")
        }
        #expect(text.output.contains("What can still be done by hand"))
        let json = try folder.rekindle("runs", "verify", run.id, "--output", "json")
        #expect(json.status == 65)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        )
        #expect(document["whole"] as? Bool == false)
        #expect(document["records"] as? Int == damage.trusted)
        // a plan that is not the recorded one must not tell anybody what to type
        let isPlanGood = !damage.name.contains("plan")
        #expect((document["byHand"] as? [Any])?.count == (isPlanGood ? 3 : 0))
        #expect(text.output.contains("systemctl stop -- etcd.service") == isPlanGood)
    }

    @Test("that only lacks its plan says so, and where the data lies in general")
    func planGone() throws {
        let folder = try StateFolder([.restored])
        let plan = "\(folder.directory(.restored))/plan.json"
        try FileManager.default.removeItem(atPath: plan)
        let result = try folder.rekindle("runs", "verify")
        #expect(result.status == 65)
        #expect(result.error.contains(plan))
        #expect(result.output.contains("DATA-DIR/.rekindle/\(OldRun.restored.id)/aside/member"))
        #expect(try folder.rekindle("resume").status == 65)
    }

    @Test("that only lacks its journal says so, and what its plan has on the hosts")
    func journalGone() throws {
        let folder = try StateFolder([.restored])
        try FileManager.default.removeItem(atPath: folder.journal(.restored))
        let result = try folder.rekindle("runs", "verify")
        #expect(result.status == 65)
        #expect(result.flatError.contains("has no journal"))
        #expect(result.output.contains("systemctl stop -- etcd.service"))
    }
}

@Suite("A run whose files are whole")
struct WholeRunTests {
    @Test("is verified, with its last hash", arguments: OldRun.all)
    func isWhole(_ old: OldRun) throws {
        let folder = try StateFolder([old])
        let before = try folder.contents()
        let text = try folder.rekindle("runs", "verify")
        #expect(text.status == 0, "\(text.error)")
        #expect(text.error == "")
        #expect(text.output.contains("its journal is whole"))
        #expect(text.output.contains(old.phase))
        let json = try folder.rekindle("runs", "verify", "--output", "json")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        )
        #expect(document["whole"] as? Bool == true)
        #expect(document["records"] as? Int == old.records)
        #expect(document["phase"] as? String == old.phase)
        #expect(document["tornBytes"] as? Int == 0)
        let hash = try #require(document["lastHash"] as? String)
        let journal = String(decoding: try old.bytes("journal.jsonl"), as: UTF8.self)
        #expect(journal.hasSuffix("\"hash\":\"\(hash)\"}\n"))
        #expect(try folder.contents() == before)
    }

    @Test("is whole as well with a torn line behind it, which is told")
    func torn() throws {
        let folder = try StateFolder([.restored])
        let bytes = try OldRun.restored.bytes("journal.jsonl")
        try folder.write(bytes + Array("{\"seq\":118,\"at".utf8), to: folder.journal(.restored))
        let text = try folder.rekindle("runs", "verify")
        #expect(text.status == 0)
        #expect(text.flatOutput.contains("14 bytes follow of a line that broke off"))
        let shown = try folder.rekindle("runs", "show")
        #expect(shown.status == 0)
    }

    @Test("can be shown and reported", arguments: OldRun.all)
    func isShown(_ old: OldRun) throws {
        let folder = try StateFolder([old])
        for words in [
            ["runs", "show"], ["report", "--format=text"], ["report", "--format=json"],
        ] {
            let result = try folder.rekindle(words[0], words[1])
            #expect(result.status == 0, "\(words): \(result.error)")
            #expect(result.output.contains(old.id))
        }
    }
}
