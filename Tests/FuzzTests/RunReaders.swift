import ClusterInventory
import EtcdModel
import Foundation
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import TestSupport

extension FuzzReader {
    /// What lies in a state directory, and a plan from anywhere.
    static let runs: [FuzzReader] = [
        FuzzReader(
            "plan",
            cases: 40,
            dictionary: ["\"version\":", "\"kind\":", "\"steps\":", "[]", "{}", "\"targets\":"],
            samples: {
                try [
                    ("restored", "plan.json"), ("rolled-back", "rollback.json"),
                    ("cleaned", "clean.json"),
                ]
                .map { try FuzzSamples.oldRun($0.0, $0.1) }
            }
        ) { bytes in
            let plan: Plan
            do throws(Diagnostic) {
                plan = try PlanJSON.decode(bytes, file: "f")
            } catch {
                try require(!error.message.isEmpty && error.hint != nil, "\(error)")
                return .refused
            }
            let text = try PlanJSON.encode(plan)
            let again = try PlanJSON.decode(Array(text.utf8), file: "f")
            try require(again == plan, "it is another plan once it is written and read")
            try require(try PlanJSON.encode(again) == text, "it is written in two ways")
            _ = PlanText.render(plan, style: .plain, verbose: true)
            _ = PlanMarkdown.render(plan)
            _ = PlanShell.render(plan)
            return .accepted
        },
        FuzzReader(
            "journal",
            cases: 60,
            dictionary: ["{\"seq\":", "\"prev\":", "\"hash\":\"", "\"event\":", "\"}\n"],
            samples: { [try FuzzSamples.oldRun("killed", "journal.jsonl")] }
        ) { bytes in
            let (contents, fault) = JournalReader.salvage(bytes, as: RunEvent.self)
            let lines = bytes.count { $0 == UInt8(ascii: "\n") }
            let records = contents?.records ?? []
            if let fault {
                try require((1...(lines + 1)).contains(fault.line), "\(fault) of \(lines) lines")
                try require(fault.trustworthyRecords == records.count, "\(fault)")
            }
            // the chain leaves no way to anything but the beginning of what was written
            let original = try JournalReader.read(
                try FuzzSamples.oldRun("killed", "journal.jsonl"),
                as: RunEvent.self
            ).records
            try require(Array(original.prefix(records.count)) == records, "another history")
            guard fault == nil, let contents else { return .refused }
            try require(contents.length + contents.torn.count == bytes.count, "bytes are lost")
            _ = try RunState(contents)
            return .accepted
        },
        FuzzReader(
            "journal with a chain made anew",
            cases: 60,
            dictionary: [
                "\"stage\":", "\"step\":9223372036854775807", "\"attempt\":-1", "completed",
                "\"ended\":{\"_0\":{\"completed\":{}}}", "\"settled\"", "\"proved\"", "\"kind\":",
            ],
            samples: { try events("restored") + events("failed") + events("interrupted") }
        ) { bytes in
            try readForged(bytes)
        },
    ]

    /// Each event of a run as JSON.
    private static func events(_ run: String) throws -> [[UInt8]] {
        let journal = try FuzzSamples.oldRun(run, "journal.jsonl")
        let contents = try JournalReader.read(journal, as: RunEvent.self)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // a whole run would be refused for one of its many events
        let lines = try contents.records.prefix(40).map {
            Array(try encoder.encode($0.event)) + [0x0A]
        }
        return [Array(lines.joined())]
    }

    /// Somebody who can write the file can also write a new chain; then only the fold is left.
    private static func readForged(_ bytes: [UInt8]) throws -> Outcome {
        var previous = String(repeating: "0", count: 64)
        var text = ""
        func add(_ body: String) {
            previous = SHA256Text.hex(of: Array(body.utf8))
            text += "\(body),\"hash\":\"\(previous)\"}\n"
        }
        add(
            "{\"seq\":0,\"format\":\"rekindle-journal\",\"version\":1,\"run\":\"r\","
                + "\"prev\":\"\(previous)\""
        )
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let event = String(decoding: line, as: UTF8.self)
            add(
                "{\"seq\":\(index + 1),\"at\":\"2026-11-22T16:45:12.123Z\",\"prev\":\"\(previous)\","
                    + "\"event\":\(event)"
            )
        }
        let (contents, _) = JournalReader.salvage(Array(text.utf8), as: RunEvent.self)
        guard let contents else { throw Broken("not even the header is read") }
        let plan = try PlanJSON.decode(try FuzzSamples.oldRun("restored", "plan.json"), file: "f")
        var state = RunState()
        var lines = EventLines(plan: plan)
        var isWhole = true
        for record in contents.records {
            do {
                try state.apply(record.event, at: Double(record.at.milliseconds) / 1000)
            } catch {
                isWhole = false
                break
            }
            let data = try JSONEncoder().encode(record.event)
            let again = try JSONDecoder().decode(RunEvent.self, from: data)
            try require(again == record.event, "another event once it is written and read")
            _ = lines.lines(for: record.event, at: Double(record.at.milliseconds) / 1000)
        }
        let summary = RunSummary(plan: plan, state: state)
        _ = RunShow.render(summary, style: .plain)
        _ = RunReportText.render(summary, style: .plain)
        _ = try RunReportJSON.encode(summary)
        try tell(contents, of: plan)
        let lineCount = bytes.split(separator: UInt8(ascii: "\n")).count
        return isWhole && contents.records.count == lineCount ? .accepted : .refused
    }

    /// Whatever a journal tells that can have happened, its page is one.
    private static func tell(_ contents: JournalContents<RunEvent>, of plan: Plan) throws {
        let events = contents.records.map {
            TimedEvent($0.event, at: Double($0.at.milliseconds) / 1000)
        }
        let seal = JournalSeal(
            records: contents.records.count,
            lastHash: contents.head.hash,
            tornBytes: contents.torn.count
        )
        guard let history = try? RunHistory(events, plans: [plan], seal: seal) else { return }
        _ = try WellFormedPage(RunReportHTML.render(history))
        _ = RunReportMarkdown.render(history)
    }
}
