import FoundationEssentials

/// What a kept snapshot's file is called: `prod-20261123T101500Z.db.zst.gpg`.
///
/// Names of one cluster sort by time. Nothing is believed because of a name: the manifest tells what is in it.
package struct SnapshotName: Sendable, Hashable {
    package static let manifestSuffix = ".manifest.json"

    /// Letters, digits, `.`, `_` and `-` only.
    package var cluster: String
    /// Seconds since 1970, whole.
    package var takenAt: Int64
    /// Behind `.db`, the innermost first: `zst`, `gz`, `gpg`, `age`.
    package var suffixes: [String]

    /// Any other character of the cluster's name becomes `_`.
    package init(cluster: String, takenAt: Int64, suffixes: [String] = []) {
        self.cluster = String(cluster.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "_" })
        self.takenAt = takenAt
        self.suffixes = suffixes
    }

    /// Reads a file's name; nil for one that is not of this form.
    package init?(_ text: String) {
        var stem = text[...]
        var suffixes: [String] = []
        while let dot = stem.lastIndex(of: "."),
            case let suffix = String(stem[stem.index(after: dot)...]), Self.known.contains(suffix)
        {
            suffixes.insert(suffix, at: 0)
            stem = stem[..<dot]
        }
        guard stem.hasSuffix(".db") else { return nil }
        stem = stem.dropLast(3)
        guard let dash = stem.lastIndex(of: "-"), dash > stem.startIndex,
            let time = Self.seconds(stem[stem.index(after: dash)...])
        else { return nil }
        self.init(cluster: String(stem[..<dash]), takenAt: time, suffixes: suffixes)
        guard cluster == stem[..<dash] else { return nil }
    }

    package var file: String {
        let time = Self.text(takenAt).filter { $0 != "-" && $0 != ":" }
        return (["\(cluster)-\(time).db"] + suffixes).joined(separator: ".")
    }

    package var manifest: String { file + Self.manifestSuffix }

    private static let known: Set<String> = ["zst", "gz", "gpg", "age"]

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            || "._-".unicodeScalars.contains(scalar)
    }

    /// RFC 3339, UTC, whole seconds.
    package static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// `20261123T101500Z`.
    private static func seconds(_ text: Substring) -> Int64? {
        let letters = Array(text)
        guard letters.count == 16, letters[8] == "T", letters[15] == "Z" else { return nil }
        let digits = letters[0..<8] + letters[9..<15]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        func part(_ range: Range<Int>) -> String { String(letters[range]) }
        let time =
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):"
            + "\(part(13..<15))Z"
        guard let date = try? Date(time, strategy: .iso8601) else { return nil }
        let seconds = Int64(date.timeIntervalSince1970)
        // a 31st of February is no date, and would be read as one of March
        return Self.text(seconds) == time ? seconds : nil
    }
}
