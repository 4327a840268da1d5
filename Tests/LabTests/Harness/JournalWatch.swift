import Foundation
import Testing

/// A moment in a run, as its journal shows it.
enum Moment: Sendable, Hashable, CustomTestStringConvertible {
    /// The first of this effect is about to happen.
    case before(String)
    /// This many members have this effect behind them.
    case after(String, members: Int)
    /// A coordinator has begun, no host was touched.
    case begun
    /// The first proof is in the journal.
    case proving

    var testDescription: String {
        switch self {
        case .before(let kind): "before the first \(kind)"
        case .after(let kind, let members): "after \(kind) of \(members)"
        case .begun: "at the very beginning"
        case .proving: "in the middle of the proof"
        }
    }

    /// What the journal holds then, and how often.
    var sign: (text: String, count: Int) {
        switch self {
        case .before(let kind): (#""intended":{"_0":{"kind":"\#(kind)""#, 1)
        case .after(let kind, let members): (#""settled":{"_0":{"kind":"\#(kind)""#, members)
        case .begun: (#""event":{"began":"#, 1)
        case .proving: (#""event":{"proved":"#, 1)
        }
    }
}

/// The journal of the newest run in a state directory, read while its writer works.
struct JournalWatch {
    let stateDirectory: String

    /// The run's ID; empty before there is one.
    var run: String {
        let found = try? FileManager.default.contentsOfDirectory(atPath: "\(stateDirectory)/runs")
        return found?.max() ?? ""
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    private var bytes: Data {
        let path = "\(stateDirectory)/runs/\(run)/journal.jsonl"
        return (try? Data(contentsOf: URL(filePath: path))) ?? Data()
    }

    /// How often the journal shows it already; a run that is taken up again adds to it.
    ///
    /// Asked a thousand times a second beside what it waits for: no line is made a string.
    func count(_ moment: Moment) -> Int {
        let (journal, sign) = (bytes, Data(moment.sign.text.utf8))
        var count = 0
        var place = journal.startIndex
        while let found = journal.range(of: sign, in: place..<journal.endIndex) {
            count += 1
            place = found.upperBound
        }
        return count
    }

    /// Waits for it while the process runs.
    /// - Returns: false where the process ended first.
    func wait(
        for moment: Moment,
        beyond earlier: Int = 0,
        in running: Program.Running
    ) -> Bool {
        var isThere = false
        _ = Watchdog.wait(atMost: 60, every: 1000) {
            isThere = count(moment) >= earlier + moment.sign.count
            return isThere || Watchdog.hasEnded(running.process)
        }
        return isThere
    }
}
