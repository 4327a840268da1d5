import Foundation
import Testing

/// The files of a run that an earlier version made; see `Fixtures/README.md`.
struct OldRun: Sendable, CustomTestStringConvertible {
    let name: String
    let id: String
    let records: Int
    /// As `runs` prints it.
    let phase: String

    var testDescription: String { name }

    static let restored = OldRun("restored", "20261122T201009Z-3362be", 117, "restored")
    static let all = [
        restored,
        OldRun("cleaned", "20261122T201009Z-3362be", 144, "cleaned"),
        OldRun("interrupted", "20261122T201014Z-b22c96", 49, "interrupted restore"),
        OldRun("rolled-back", "20261122T201014Z-b22c96", 119, "rolled-back"),
        OldRun("killed", "20261122T201022Z-3fa816", 42, "unfinished restore"),
        OldRun("failed", "20261122T201030Z-9eb94d", 52, "failed restore"),
    ]

    private init(_ name: String, _ id: String, _ records: Int, _ phase: String) {
        self.name = name
        self.id = id
        self.records = records
        self.phase = phase
    }

    func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: try folder.appending(path: file)))
    }

    /// The plans beside the journal.
    var planFiles: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: try folder.path)
                .filter { $0.hasSuffix(".json") }
        }
    }

    var folder: URL {
        get throws {
            try #require(Bundle.module.url(forResource: "Fixtures/v1/\(name)", withExtension: nil))
        }
    }
}
