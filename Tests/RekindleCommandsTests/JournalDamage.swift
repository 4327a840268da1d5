import Testing

/// Something that happened to the files of a run.
struct JournalDamage: Sendable, CustomTestStringConvertible {
    let name: String
    /// What every command says of it, on one line.
    let says: [String]
    /// How many records `runs verify` still trusts; all of them where it is not about the journal.
    let trusted: Int
    let make: @Sendable (_ folder: StateFolder, _ run: OldRun) throws -> Void

    var testDescription: String { name }

    private static let end = UInt8(ascii: "\n")

    private static func journal(
        _ name: String,
        _ says: String...,
        trusted: Int,
        change: @escaping @Sendable (inout [[UInt8]]) throws -> Void
    ) -> JournalDamage {
        JournalDamage(name: name, says: says, trusted: trusted) { folder, run in
            var lines = try run.bytes("journal.jsonl").split(separator: end).map(Array.init)
            try change(&lines)
            let bytes = lines.flatMap { $0 + [end] }
            try folder.write(bytes, to: folder.journal(run))
        }
    }

    static let all: [JournalDamage] = [
        journal("a flipped byte in the middle", "line 60", "hash differs", trusted: 58) {
            $0[59][30] ^= 1
        },
        journal("a flipped byte in the last line", "line 118", "hash differs", trusted: 116) {
            $0[117][30] ^= 1
        },
        journal("a line that is missing", "line 60", "a line is missing", trusted: 58) {
            $0.remove(at: 59)
        },
        journal("a line twice", "line 61", "repeated or out of place", trusted: 59) {
            $0.insert($0[59], at: 60)
        },
        journal("garbage behind a torn line", "line 119", "does not end in a hash", trusted: 117) {
            $0.append(Array("{\"seq\":118,\"at\":\"2026-garbage".utf8))
        },
        journal("a header that is none", "line 1", "does not begin as a journal", trusted: 0) {
            $0[0] = Array("hello".utf8)
        },
        journal("a header of a later version", "line 1", "version 2", trusted: 0) {
            let header = String(decoding: $0[0], as: UTF8.self)
            $0[0] = Array(header.replacing("\"version\":1", with: "\"version\":2").utf8)
        },
        JournalDamage(
            name: "the journal of another run",
            says: ["line 1", "another run"],
            trusted: 0
        ) {
            let other = try #require(OldRun.all.first { $0.name == "killed" })
            try $0.write(try other.bytes("journal.jsonl"), to: $0.journal($1))
        },
        JournalDamage(name: "no line at all", says: ["line 1", "no whole line"], trusted: 0) {
            try $0.write([], to: $0.journal($1))
        },
        JournalDamage(
            name: "a plan that was changed",
            says: ["plan.json is not the plan that the journal recorded"],
            trusted: 117
        ) {
            let bytes = try $1.bytes("plan.json")
            try $0.write(bytes + [end], to: "\($0.directory($1))/plan.json")
        },
    ]
}
