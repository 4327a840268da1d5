import ClusterInventory
import EtcdModel
import RestorePlanning
import RunJournal

extension FuzzReader {
    /// Short texts that stand in files and in command lines.
    static let texts: [FuzzReader] = [
        text("duration", ["15m", "1h30m", "2d", "3660d"]) { text in
            guard let duration = DurationText.parse(text) else { return .refused }
            let written = DurationText.describe(duration)
            try require(DurationText.parse(written) == duration, "\(text) is written \(written)")
            return .accepted
        },
        text("journal time", ["2026-11-22T16:45:12.123Z", "1970-01-01T00:00:00.000Z"]) { text in
            guard let time = JournalTime(text) else { return .refused }
            try require(time.description == text, "\(text) is written \(time)")
            return .accepted
        },
        text("run ID", ["20261122T164512Z-3fa9c1"]) { text in
            guard let run = RunID(rawValue: text) else { return .refused }
            try require(RunDirectory.isValid(run.rawValue), "\(text) is no name of a directory")
            return .accepted
        },
        text(
            "etcd version",
            ["etcdctl version: 3.4.23\nAPI version: 3.4", "etcd Version: 3.6.0-rc.1"]
        ) {
            text in
            guard let version = EtcdVersion(toolOutput: text) else { return .refused }
            let again = EtcdVersion(toolOutput: "etcd Version: \(version)")
            try require(again == version, "\(version) is read as another")
            return .accepted
        },
        text("hex", ["00ff7f", "DEADBEEF"]) { text in
            guard let bytes = Hex.bytes(text) else { return .refused }
            try require(Hex.text(bytes) == text.lowercased(), "\(text) is written otherwise")
            return .accepted
        },
        text("the beginning of a file", mayRefuse: false, ["plain", "BZh9", "\u{1F}\u{8B}"]) {
            text in
            _ = FileBeginning(Array(text.utf8))
            return .accepted
        },
    ]

    private static func text(
        _ name: String,
        mayRefuse: Bool = true,
        _ samples: [String],
        read: @escaping @Sendable (String) throws -> Outcome
    ) -> FuzzReader {
        FuzzReader(
            name,
            cases: 500,
            mayRefuse: mayRefuse,
            dictionary: ["d", "h", "m", "s", "0", "9", "-", ".", "T", "Z", "Version: ", "١"],
            samples: { samples.map { Array($0.utf8) } },
            read: { try read(String(decoding: $0, as: UTF8.self)) }
        )
    }
}
