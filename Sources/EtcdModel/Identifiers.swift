/// A member's ID, printed as etcd does: lower-case hex without padding.
package struct MemberID: Sendable, Hashable, RawRepresentable {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A cluster's ID, printed as etcd does: lower-case hex without padding.
package struct ClusterID: Sendable, Hashable, RawRepresentable {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

extension MemberID: Comparable {
    package static func < (left: MemberID, right: MemberID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension MemberID: CustomStringConvertible {
    package var description: String { String(rawValue, radix: 16) }
}

extension ClusterID: CustomStringConvertible {
    package var description: String { String(rawValue, radix: 16) }
}

extension MemberID: Codable {
    package init(from decoder: any Decoder) throws {
        rawValue = try HexCoding.decode(from: decoder)
    }
    package func encode(to encoder: any Encoder) throws {
        try HexCoding.encode(rawValue, to: encoder)
    }
}

extension ClusterID: Codable {
    package init(from decoder: any Decoder) throws {
        rawValue = try HexCoding.decode(from: decoder)
    }
    package func encode(to encoder: any Encoder) throws {
        try HexCoding.encode(rawValue, to: encoder)
    }
}

/// IDs are strings in our JSON: as numbers, readers that use doubles would round them.
private enum HexCoding {
    static func decode(from decoder: any Decoder) throws -> UInt64 {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = UInt64(text, radix: 16) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "not a hexadecimal ID: \(text)"
            )
        }
        return value
    }

    static func encode(_ value: UInt64, to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value, radix: 16))
    }
}
