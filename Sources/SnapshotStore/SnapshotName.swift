import FoundationEssentials

/// The name of a snapshot that `snapshot save` wrote; names of one cluster sort by time.
///
/// `CLUSTER-20261123T101500Z.db`, with `.gz` or `.zst` and then `.gpg` or `.age` behind it.
package struct SnapshotName: Sendable, Hashable {
    package let text: String

    /// What the manifest's name has behind the snapshot's.
    package static let manifestSuffix = ".manifest.json"

    /// What stands in a cluster's name and not in a file's becomes `_`.
    ///
    /// The time is in seconds since 1970, and the name has it to the second; the suffixes are those of
    /// what it is wrapped in, the innermost first.
    package init(cluster: String, takenAt: Double, suffixes: [String] = []) {
        let stamp = UTCTime.text(takenAt).filter { $0 != "-" && $0 != ":" }
        text =
            String(cluster.map { Self.isPlain($0) ? $0 : "_" })
            + "-\(stamp).db" + suffixes.map { ".\($0)" }.joined()
    }

    /// nil for what is no name of this kind: a stranger's file.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let end = parts.lastIndex(of: "db"), end > 0,
            parts[(end + 1)...].allSatisfy({ Self.suffixes.contains($0) }),
            text.allSatisfy(Self.isPlain)
        else { return nil }
        let stem = parts[..<end].joined(separator: ".")
        let stamp = stem.suffix(Self.stampLength)
        let form = String(stamp.map { $0.isNumber ? "0" : $0 })
        guard form == "-00000000T000000Z", stem.count > Self.stampLength else { return nil }
        self.text = text
    }

    /// Reads the last part of a path or a key.
    package init?(lastOf path: String) {
        guard let last = path.split(separator: "/").last else { return nil }
        self.init(String(last))
    }

    /// Whether a snapshot of the cluster is named so; other clusters' may be, since not every
    /// character can stand in a file's name.
    package func mayBe(of cluster: String) -> Bool {
        stem == SnapshotName(cluster: cluster, takenAt: 0).stem
    }

    /// What it begins with: the cluster, as far as a file's name can have it.
    package var stem: String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let stem = parts[..<(parts.lastIndex(of: "db") ?? parts.endIndex)].joined(separator: ".")
        return String(stem.dropLast(Self.stampLength))
    }

    /// When the snapshot was asked for, by the clock of who saved it, in seconds since 1970; nil if
    /// its digits are no time.
    package var takenAt: Double? {
        let digits = text.dropFirst(stem.count + 1).prefix(Self.stampLength - 1).filter(\.isNumber)
        let parts = [0, 4, 6, 8, 10, 12].map { digits.dropFirst($0) }
        let time = zip(parts, [4, 2, 2, 2, 2, 2]).map { String($0.prefix($1)) }
        return UTCTime.seconds(
            "\(time[0])-\(time[1])-\(time[2])T\(time[3]):\(time[4]):\(time[5])Z"
        )
    }

    package var manifest: String { text + Self.manifestSuffix }

    /// The snapshot's name out of its manifest's; nil for what is no manifest of one.
    package init?(manifest: String) {
        guard manifest.hasSuffix(Self.manifestSuffix) else { return nil }
        self.init(String(manifest.dropLast(Self.manifestSuffix.count)))
    }

    private static let suffixes: Set<Substring> = ["gz", "zst", "gpg", "age"]
    private static let stampLength = "-20261123T101500Z".count

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }
}

/// Times as manifests have them: RFC 3339, in UTC, to the second.
package enum UTCTime {
    /// Of seconds since 1970.
    package static func text(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(.iso8601)
    }

    /// Seconds since 1970; nil for what is no time.
    package static func seconds(_ text: String) -> Double? {
        (try? Date(text, strategy: .iso8601))?.timeIntervalSince1970
    }
}
