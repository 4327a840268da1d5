import RunJournal
import Testing

/// Whatever happens to a journal, it is never read as a longer history than was acknowledged.
@Suite("Journal: what is added to it, or comes after a cut")
struct JournalDamageTests {
    private let good: [UInt8]
    private let events = Fixture.events.map(\.event)

    init() throws {
        good = try Fixture.good
    }

    private static let garbage: [String] = [
        "\u{0}", String(repeating: "\u{0}", count: 4096), "{", "}", "{}", "null", "[]", "garbage",
        "{\"seq\":5}", "{\"seq\":5,\"hash\":\"\(String(repeating: "0", count: 64))\"}",
        "\"}", ",\"hash\":\"\"}", "\r", "\u{FEFF}", "\u{FFFD}",
        String(repeating: "[", count: 100_000), String(repeating: "9", count: 100_000),
        "{\"seq\":99999999999999999999999999}",
    ]

    @Test("takes what follows without a line end for a line that broke off", arguments: garbage)
    func tornGarbage(_ text: String) throws {
        let bytes = good + Array(text.utf8)
        let contents = try JournalReader.read(bytes, as: TestEvent.self)
        #expect(contents.records.map(\.event) == events)
        #expect(contents.torn == Array(text.utf8))
        #expect(contents.length == good.count)
    }

    @Test("refuses what follows as a line, and trusts what is before it", arguments: garbage)
    func wholeGarbage(_ text: String) throws {
        for tail in [text + "\n", text + "\n" + text, "\n" + text, text + "\n\n"] {
            let (contents, fault) = JournalReader.salvage(
                good + Array(tail.utf8),
                as: TestEvent.self
            )
            #expect(contents?.records.map(\.event) == events)
            #expect(fault?.line == 6)
            #expect(fault?.trustworthyRecords == 4)
        }
    }

    @Test("refuses its own lines a second time, its header too")
    func ownLinesAgain() throws {
        for line in good.split(separator: UInt8(ascii: "\n")) {
            let (contents, fault) = JournalReader.salvage(
                good + line + [UInt8(ascii: "\n")],
                as: TestEvent.self
            )
            #expect(contents?.records.count == 4)
            #expect(fault?.line == 6)
        }
    }

    @Test("reads no more than was whole before a cut, whatever is written behind it")
    func cutAndOverwritten() throws {
        let end = UInt8(ascii: "\n")
        for length in 0..<good.count {
            for tail in ["x", "\n", "}\n", "\u{0}\u{0}\n", "{\"seq\":1}\n"] {
                let bytes = Array(good[..<length]) + Array(tail.utf8)
                // the tail may be what was cut off
                let shared = zip(bytes, good).prefix { $0 == $1 }.count
                let whole = bytes[..<shared].count { $0 == end }
                let (contents, fault) = JournalReader.salvage(bytes, as: TestEvent.self)
                let read = contents?.records.map(\.event) ?? []
                #expect(
                    read == Array(events.prefix(max(0, whole - 1))),
                    "cut at \(length), then \(tail)"
                )
                let isWhole = whole > 0 && bytes.count { $0 == end } == whole
                #expect((fault == nil) == isWhole, "cut at \(length), then \(tail)")
            }
        }
    }

    @Test("goes on after a cut at any byte of its last lines, and is whole again")
    func goesOn() async throws {
        let lines = good.indices.filter { good[$0] == UInt8(ascii: "\n") }
        for length in (lines[2] + 1)..<good.count {
            let temporary = try TemporaryDirectory()
            let run = try StateDirectory(makingAt: temporary.path).create(Fixture.run)
            try TemporaryDirectory.write(Array(good[..<length]), to: run.journalPath)
            let acknowledged = lines.count { $0 < length } - 1
            do {
                let (writer, contents) = try run.reopenJournal(
                    TestEvent.self,
                    lock: try RunLock(run)
                )
                #expect(contents.records.map(\.event) == Array(events.prefix(acknowledged)))
                try await writer.append(.note("after"))
            }
            let again = try run.readJournal(TestEvent.self)
            #expect(
                again.records.map(\.event) == Array(events.prefix(acknowledged)) + [.note("after")]
            )
            #expect(again.torn == [])
        }
    }
}
