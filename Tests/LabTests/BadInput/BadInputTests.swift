import Foundation
import Testing

@Suite(
    "Bad input and broken hosts",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "no lab on this machine"),
    WithBench()
)
struct BadInputTests {
    @Test(
        "is refused with the fact, the place and a hint, and nothing is changed",
        arguments: BadInput.all
    )
    func isRefused(_ input: BadInput) throws {
        let bench = try #require(Bench.current)
        if let fault = input.fault {
            bench.forgetLook()
            try fault.make(bench)
        }
        defer {
            if let fault = input.fault {
                #expect(throws: Never.self) { try fault.undo(bench) }
                bench.forgetLook()
            }
        }
        let attempt = try input.prepare(bench)
        let before = try bench.sharedLook()
        // at once: none of them may change anything, and a host that is down takes its time
        let tries = try input.commands.map { try Try($0, attempt, on: bench) }
        for one in tries { try judge(one, attempt, of: input) }
        // the next case that asks a host, or the end of the suite, looks for these as well
        if input.judgedBy == .files { return }
        let after = try bench.look()
        for (host, (old, new)) in zip(before, after).enumerated() where old != new {
            Issue.record("etcd-\(host + 1) was changed:\n\(difference(old, new))")
            bench.forgetLook()
        }
    }

    @Test(
        "A clock that is wrong is a warning",
        .disabled("all hosts of the lab share this machine's one clock")
    )
    func clockSkewWarns() {}

    private func judge(_ one: Try, _ attempt: BadInput.Attempt, of input: BadInput) throws {
        let result = try one.running.finish()
        let isTable = one.command.first == "check" && input.judgedBy == .checks
        let said = isTable ? result.outputText : result.errorText
        let line = (["rekindle"] + one.command + attempt.arguments).joined(separator: " ")
        let shown = Comment(rawValue: "\(line)\nexit \(result.status)\n\(said)")
        #expect(result.status == input.status, shown)
        let flat = said.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for piece in attempt.says + ["HINT:"] {
            #expect(flat.contains(piece), "it does not say “\(piece)”: \(shown)")
        }
        if isTable {
            #expect(said.hasPrefix("Checks of cluster"), shown)
            #expect(result.errorText.isEmpty, "\(result.errorText)")
        } else {
            #expect(result.output.isEmpty, "on stdout: \(result.outputText)")
        }
        for leak in Self.leaks where flat.contains(leak) {
            Issue.record("the program's insides show (\(leak)): \(shown)")
        }
        #expect(flat.firstMatch(of: /\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\(/) == nil, shown)
        #expect(
            one.runs.now() == one.runs.before,
            "it left something in the state directory: \(shown)"
        )
    }

    /// What only a program's author understands.
    private static let leaks = [
        "Error Domain", "Optional(", "Fatal error", "Swift/", ".swift:", "NSError", "0x0000",
        "debugDescription", "The operation could not be completed", "couldn’t be",
    ]

    private func difference(_ old: String, _ new: String) -> String {
        let lines = new.split(separator: "\n").difference(from: old.split(separator: "\n"))
        return lines.prefix(20).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }
        .joined(separator: "\n")
    }
}

/// One command under way.
private struct Try {
    let command: [String]
    let runs: StateFolder
    let running: Program.Running

    init(_ command: [String], _ attempt: BadInput.Attempt, on bench: Bench) throws {
        self.command = command
        runs = StateFolder(bench, attempt)
        running = try bench.start(
            command + runs.option + attempt.arguments,
            environment: attempt.environment,
            input: attempt.input
        )
    }
}

/// Where the tried command keeps its runs: a directory that is not there, unless the case names one.
private struct StateFolder {
    let path: String
    let option: [String]
    let before: [String]

    init(_ bench: Bench, _ attempt: BadInput.Attempt) {
        let words = attempt.arguments
        if let index = words.firstIndex(of: "--state-dir"), index + 1 < words.count {
            path = words[index + 1]
            option = []
        } else {
            path = bench.path("state")
            option = ["--state-dir", path]
        }
        before = Self.contents(path)
    }

    func now() -> [String] { Self.contents(path) }

    private static func contents(_ path: String) -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return ["nothing"] }
        // the folder of runs is made with the first one
        return (FileManager.default.subpaths(atPath: path) ?? []).filter { $0 != "runs" }.sorted()
    }
}
