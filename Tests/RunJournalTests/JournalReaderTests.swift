import RunJournal
import Testing

@Suite("Journal: reading")
struct JournalReaderTests {
    @Test("reads a journal that another program wrote, event for event")
    func good() throws {
        let contents = try JournalReader.read(try Fixture.good, as: TestEvent.self)
        #expect(contents.run == Fixture.run)
        #expect(contents.records.map(\.event) == Fixture.events.map(\.event))
        #expect(contents.records.map(\.at.description) == Fixture.events.map(\.at))
        #expect(contents.records.map(\.seq) == [1, 2, 3, 4])
        #expect(contents.head == JournalHead(seq: 4, hash: contents.records[3].hash))
        #expect(contents.torn == [])
        #expect(contents.length == (try Fixture.good).count)
    }

    @Test(
        "drops a last line that was torn, keeps its bytes, and trusts the rest",
        arguments: [("torn", 3), ("torn-newline", 3), ("header-only", 0)]
    )
    func torn(_ name: String, records: Int) throws {
        let bytes = try Fixture.bytes(name)
        let contents = try JournalReader.read(bytes, as: TestEvent.self)
        #expect(contents.records.map(\.event) == Fixture.events.prefix(records).map(\.event))
        #expect(contents.torn == Array(bytes[contents.length...]))
        #expect(contents.torn.isEmpty == (name == "header-only"))
    }

    @Test(
        "refuses a journal that is not as it was written, and names the line",
        arguments: [
            ("empty", 1, 0, "there is no whole line in it"),
            ("torn-header", 1, 0, "there is no whole line in it"),
            ("not-a-journal", 1, 0, "it does not begin as a journal of rekindle does"),
            ("unknown-version", 1, 0, "its format is version 2, and this rekindle knows version 1"),
            ("flipped", 3, 1, "its bytes are not those that were written: the hash differs"),
            (
                "missing-line", 3, 1,
                "record 3 stands where record 2 should be: a line is missing"
            ),
            ("reordered", 2, 0, "record 2 stands where record 1 should be: a line is missing"),
            (
                "repeated", 4, 2,
                "record 2 stands where record 3 should be: a line is repeated or out of place"
            ),
            (
                "broken-chain", 3, 1,
                "it does not follow the line before it: the hash of that one differs"
            ),
            (
                "garbage-after-torn", 4, 2,
                "it is not a line of a journal: it does not end in a hash"
            ),
        ]
    )
    func fault(_ name: String, line: Int, trustworthy: Int, message: String) throws {
        let bytes = try Fixture.bytes(name)
        let fault = try #require(throws: JournalFault.self) {
            try JournalReader.read(bytes, as: TestEvent.self)
        }
        #expect(fault.description == "journal, line \(line): \(message)")
        #expect(fault.trustworthyRecords == trustworthy)
        let (contents, same) = JournalReader.salvage(bytes, as: TestEvent.self)
        #expect(same == fault)
        #expect(
            (contents?.records.map(\.event) ?? [])
                == Fixture.events.prefix(trustworthy).map(\.event)
        )
    }

    @Test("tells an event that it does not know from one that was changed")
    func unknownEvent() throws {
        let bytes = try Fixture.bytes("unknown-event")
        let fault = try #require(throws: JournalFault.self) {
            try JournalReader.read(bytes, as: TestEvent.self)
        }
        #expect(fault.line == 3)
        #expect(fault.trustworthyRecords == 1)
        #expect(fault.description.contains("no event is called teleported"))
        #expect(fault.hint.contains("the version of rekindle that began the run"))
    }

    @Test("notices a change of any one byte")
    func everyByte() throws {
        let good = try Fixture.good
        let events = Fixture.events.map(\.event)
        for index in good.indices {
            for mask in [UInt8(0x01), 0x20, 0x80] {
                var bytes = good
                bytes[index] ^= mask
                let (contents, fault) = JournalReader.salvage(bytes, as: TestEvent.self)
                let read = contents?.records.map(\.event) ?? []
                #expect(read == Array(events.prefix(read.count)), "byte \(index)")
                // Without its line end the last line is one that was never acknowledged.
                let isLineEnd = index == good.count - 1
                #expect((fault == nil) == isLineEnd, "byte \(index)")
                #expect(read.count < events.count, "byte \(index)")
            }
        }
    }

    @Test("reads what is whole of a journal that ends anywhere")
    func everyLength() throws {
        let good = try Fixture.good
        for length in 0...good.count {
            let bytes = Array(good[..<length])
            let lines = bytes.count { $0 == UInt8(ascii: "\n") }
            let (contents, fault) = JournalReader.salvage(bytes, as: TestEvent.self)
            #expect((fault?.problem == .neverBegun) == (lines == 0), "length \(length)")
            #expect((fault == nil) == (lines > 0), "length \(length)")
            #expect((contents?.records.count ?? 0) == max(0, lines - 1), "length \(length)")
            if let contents {
                #expect(contents.length + contents.torn.count == length, "length \(length)")
            }
        }
    }

    @Test("notices any line that is left out, given twice or swapped with the next")
    func everyLine() throws {
        let lines = (try Fixture.good).split(separator: UInt8(ascii: "\n")).map(Array.init)
        func fault(_ lines: [[UInt8]]) -> JournalFault? {
            JournalReader.salvage(
                Array(lines.map { $0 + [UInt8(ascii: "\n")] }.joined()),
                as: TestEvent.self
            ).fault
        }
        #expect(fault(lines) == nil)
        for index in lines.indices {
            var twice = lines
            twice.insert(lines[index], at: index)
            #expect(fault(twice) != nil, "line \(index + 1) twice")
            guard index < lines.count - 1 else { continue }
            var without = lines
            without.remove(at: index)
            #expect(fault(without) != nil, "without line \(index + 1)")
            var swapped = lines
            swapped.swapAt(index, index + 1)
            #expect(fault(swapped) != nil, "line \(index + 1) swapped")
        }
    }

    @Test(
        "says what to do of every fault",
        arguments: [
            (JournalFault.Problem.wrongHash, 0, "No record of it can be trusted"),
            (.brokenChain, 7, "Records 1 to 7 can be trusted"),
            (.neverBegun, 0, "touched no host"),
            (.unknownVersion(9), 0, "or a newer one"),
        ]
    )
    func hints(_ problem: JournalFault.Problem, records: Int, hint: String) {
        let fault = JournalFault(problem, line: 1, trustworthyRecords: records)
        #expect(fault.hint.contains(hint))
    }
}
