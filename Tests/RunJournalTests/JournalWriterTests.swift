import RunJournal
import Synchronization
import Testing

@Suite("Journal: writing")
struct JournalWriterTests {
    @Test("writes byte for byte what another program wrote from the same events")
    func bytes() async throws {
        let storage = FaultyStorage(failingAt: nil)
        let times = Mutex(Fixture.events.compactMap { JournalTime($0.at) })
        let writer = try JournalWriter<TestEvent>(
            beginning: Fixture.run,
            in: storage,
            now: { times.withLock { $0.removeFirst() } }
        )
        for (index, (_, event)) in Fixture.events.enumerated() {
            let record = try await writer.append(event)
            #expect(record.seq == index + 1)
            #expect(await writer.head == JournalHead(seq: index + 1, hash: record.hash))
        }
        #expect(storage.survivors == [try Fixture.good])
    }

    @Test(
        "whatever operation fails, all that was acknowledged is read back, and nothing else",
        arguments: 0..<39,
        FaultyStorage.Fault.allCases
    )
    func everyFault(_ operation: Int, fault: FaultyStorage.Fault) async throws {
        let storage = FaultyStorage(failingAt: operation, fault)
        let events = (1...12).map { TestEvent.intent(step: "step-\($0)", host: "etcd-1") }
        var acknowledged = 0
        do {
            let writer = try JournalWriter<TestEvent>(beginning: "r", in: storage)
            for event in events {
                try await writer.append(event)
                acknowledged += 1
            }
        } catch {
            #expect(error as? SystemFailure == FaultyStorage.failure)
        }
        #expect(acknowledged < events.count)
        let survivors = storage.survivors
        for bytes in survivors {
            let (contents, fault) = JournalReader.salvage(bytes, as: TestEvent.self)
            let read = contents?.records.map(\.event) ?? []
            #expect(fault == nil || fault?.problem == .neverBegun)
            #expect(read == Array(events.prefix(read.count)))
            #expect(read.count >= acknowledged)
            let isOutermost = bytes == survivors.first || bytes == survivors.last
            if isOutermost, let contents { try await resume(contents, of: bytes, with: events) }
        }
    }

    /// Goes on from what survived, and reads the whole again.
    private func resume(
        _ contents: JournalContents<TestEvent>,
        of bytes: [UInt8],
        with events: [TestEvent]
    ) async throws {
        let rest = FaultyStorage(failingAt: nil)
        let writer = JournalWriter<TestEvent>(rest, after: contents.head)
        for event in events.dropFirst(contents.records.count) { try await writer.append(event) }
        let whole = bytes[..<contents.length] + (rest.survivors.last ?? [])
        let read = try JournalReader.read(Array(whole), as: TestEvent.self)
        #expect(read.records.map(\.event) == events)
        #expect(read.torn == [])
    }

    @Test("takes short writes for what they are")
    func shortWrites() async throws {
        let storage = FaultyStorage(failingAt: nil, pieces: 1)
        let writer = try JournalWriter<TestEvent>(beginning: "r", in: storage)
        try await writer.append(.note("one"))
        let bytes = try #require(storage.survivors.first)
        #expect(storage.operations == bytes.count + 2)
        let contents = try JournalReader.read(bytes, as: TestEvent.self)
        #expect(contents.records.map(\.event) == [.note("one")])
    }

    @Test("after one failure says the same for ever, and never asks the disk again")
    func brokenForEver() async throws {
        // The header takes operations 0 to 2: two pieces and a sync.
        let storage = FaultyStorage(failingAt: 3)
        let writer = try JournalWriter<TestEvent>(beginning: Fixture.run, in: storage)
        for _ in 1...3 {
            await #expect(throws: FaultyStorage.failure) { try await writer.append(.note("x")) }
        }
        #expect(storage.operations == 4)
        #expect(storage.callsAfterFailure == 0)
        #expect(await writer.head.seq == 0)
    }

    @Test("an event that cannot be encoded leaves the journal as it was")
    func encodingFailure() async throws {
        struct Number: Codable { var value: Double }
        let storage = FaultyStorage(failingAt: nil)
        let writer = try JournalWriter<Number>(beginning: "r", in: storage)
        let before = storage.survivors
        await #expect(throws: EncodingError.self) { try await writer.append(Number(value: .nan)) }
        #expect(storage.survivors == before)
        try await writer.append(Number(value: 1.5))
        let bytes = try #require(storage.survivors.first)
        #expect(try JournalReader.read(bytes, as: Number.self).records.map(\.event.value) == [1.5])
    }

    @Test("appends of many tasks at once are one chain")
    func concurrent() async throws {
        let storage = FaultyStorage(failingAt: nil)
        let writer = try JournalWriter<TestEvent>(beginning: "r", in: storage)
        let sequences = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...50 {
                group.addTask { try await writer.append(.note("\(number)")).seq }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(sequences) == Set(1...50))
        let bytes = try #require(storage.survivors.first)
        #expect(try JournalReader.read(bytes, as: TestEvent.self).records.count == 50)
    }
}
