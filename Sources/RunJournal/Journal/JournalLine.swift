internal import FoundationEssentials

/// The bytes of one line; `docs/journal-format.md` describes them.
enum JournalLine {
    static let format = "rekindle-journal"
    static let version = 1
    /// What the first line has where others have the hash of the line before.
    static let noHash = String(repeating: "0", count: SHA256Digest.digits)

    /// `,"hash":"` and `"}`.
    private static let hashPrefix = Array(",\"hash\":\"".utf8)
    private static let hashSuffix = Array("\"}".utf8)

    /// The first line of a journal.
    static func header(run: String) throws -> (bytes: [UInt8], head: JournalHead) {
        finish(
            "{\"seq\":0,\"format\":\"\(format)\",\"version\":\(version),\"run\":"
                + String(decoding: try encode(run), as: UTF8.self) + ",\"prev\":\"\(noHash)\"",
            seq: 0
        )
    }

    /// The line of an event that follows another.
    static func record(
        _ event: some Encodable,
        at time: JournalTime,
        after head: JournalHead
    ) throws -> (bytes: [UInt8], head: JournalHead) {
        let seq = head.seq + 1
        return finish(
            "{\"seq\":\(seq),\"at\":\"\(time)\",\"prev\":\"\(head.hash)\",\"event\":"
                + String(decoding: try encode(event), as: UTF8.self),
            seq: seq
        )
    }

    /// Takes a line, without its line end, apart.
    /// - Returns: the hash that it ends in, and the one that its bytes have; nil where it does not
    ///   end in one.
    static func hashes(of line: ArraySlice<UInt8>) -> (written: String, computed: String)? {
        let tail = hashPrefix.count + SHA256Digest.digits + hashSuffix.count
        guard line.count > tail, line.suffix(tail).starts(with: hashPrefix),
            line.suffix(hashSuffix.count).elementsEqual(hashSuffix)
        else { return nil }
        let written = line.suffix(tail).dropFirst(hashPrefix.count).dropLast(hashSuffix.count)
        return (
            String(decoding: written, as: UTF8.self),
            SHA256Digest.hex(of: line.dropLast(tail))
        )
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from line: ArraySlice<UInt8>
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(line))
    }

    private static func finish(_ text: String, seq: Int) -> (bytes: [UInt8], head: JournalHead) {
        let bytes = Array(text.utf8)
        let hash = SHA256Digest.hex(of: bytes)
        let line = bytes + hashPrefix + Array(hash.utf8) + hashSuffix + [UInt8(ascii: "\n")]
        return (line, JournalHead(seq: seq, hash: hash))
    }

    /// One line: JSON writes a line end within a text as `\n`.
    private static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}

/// What every line has.
struct LineFrame: Decodable {
    var seq: Int
    var prev: String
}

/// What the first line has besides.
struct LineHeader: Decodable {
    var format: String
    var version: Int
    var run: String
}

/// What every other line has besides.
struct LineEvent<Event: Decodable>: Decodable {
    var at: JournalTime
    var event: Event
}
