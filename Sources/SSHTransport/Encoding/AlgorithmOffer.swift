/// The algorithms that one side offers, from its unencrypted KEXINIT (RFC 4253 §7.1).
struct AlgorithmOffer: Equatable {
    enum Category: Int, CaseIterable {
        case keyExchange
        case hostKey
        case cipherToServer
        case cipherToClient
        case macToServer
        case macToClient

        var title: String {
            switch self {
            case .keyExchange: "key exchange"
            case .hostKey: "host key"
            case .cipherToServer: "cipher to the server"
            case .cipherToClient: "cipher to the client"
            case .macToServer: "MAC to the server"
            case .macToClient: "MAC to the client"
            }
        }
    }

    private(set) var lists: [Category: [String]]

    /// Reads the offer out of the first bytes that a side sent.
    ///
    /// Those are optional lines of text, the `SSH-2.0-…` line, then the KEXINIT packet.
    /// - Returns: nil where it is not all there.
    init?(firstBytes bytes: [UInt8]) {
        var rest = bytes[...]
        while true {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let isVersion = rest.starts(with: "SSH-".utf8)
            rest = rest[rest.index(after: end)...]
            if isVersion { break }
        }
        var packet = WireReader(rest)
        guard let payload = try? Self.payload(&packet) else { return nil }
        var reader = WireReader(payload)
        guard let lists = try? Self.lists(&reader) else { return nil }
        self.lists = lists
    }

    private static func payload(_ packet: inout WireReader) throws -> [UInt8] {
        let length = Int(try packet.uint32())
        let padding = Int(try packet.byte())
        let content = try packet.bytes(length - 1)
        guard padding <= content.count else { throw WireReader.Truncated() }
        return content.dropLast(padding)
    }

    private static func lists(_ reader: inout WireReader) throws -> [Category: [String]] {
        guard try reader.byte() == 20 else { throw WireReader.Truncated() }
        _ = try reader.bytes(16)
        var lists: [Category: [String]] = [:]
        for category in Category.allCases {
            lists[category] = try reader.text().split(separator: ",").map(String.init)
        }
        return lists
    }

    /// What keeps a client with this offer from talking to that server.
    func gaps(to server: AlgorithmOffer) -> [AlgorithmGap] {
        Category.allCases.compactMap { category in
            let ours = lists[category] ?? []
            let theirs = server.lists[category] ?? []
            guard Set(ours).isDisjoint(with: theirs) else { return nil }
            return AlgorithmGap(category: category, ours: ours, theirs: theirs)
        }
    }
}

/// A category in which the two sides have nothing in common.
struct AlgorithmGap: Equatable, CustomStringConvertible {
    var category: AlgorithmOffer.Category
    var ours: [String]
    var theirs: [String]

    var description: String {
        "\(category.title): the server offers \(theirs.joined(separator: ",")), "
            + "this side has \(ours.joined(separator: ","))"
    }
}
