/// The name of one run; sorts by time: `20261122T164512Z-3fa9c1`.
package struct RunID: Sendable, Hashable, RawRepresentable {
    package var rawValue: String

    /// nil unless the text has the form of a run's ID: it becomes a part of paths on hosts.
    package init?(rawValue: String) {
        let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 16, parts[1].utf8.count == 6,
            parts[0].utf8.allSatisfy({ Self.isDigit($0) || $0 == 0x54 || $0 == 0x5A }),
            parts[1].utf8.allSatisfy({ Self.isDigit($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    /// The ID of no run, for a look at a host before there is one.
    package static let nobody = RunID(unchecked: "00000000T000000Z-000000")

    private init(unchecked: String) { rawValue = unchecked }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension RunID: CustomStringConvertible {
    package var description: String { rawValue }
}

extension RunID: Comparable {
    package static func < (left: RunID, right: RunID) -> Bool { left.rawValue < right.rawValue }
}

extension RunID: Codable {}
