import TestSupport
import Testing

/// No trap, no endless work, and what is accepted means one thing.
///
/// A trap ends the process: the case is then in the file that `FuzzLog` names on standard error.
@Suite("Fuzz: whatever is read, it is accepted or refused")
struct FuzzTests {
    @Test("accepts its own samples", arguments: FuzzReader.all)
    func samples(_ reader: FuzzReader) throws {
        let samples = try reader.samples()
        #expect(!samples.isEmpty)
        for (index, sample) in samples.enumerated() {
            #expect(try reader.read(sample) == .accepted, "sample \(index)")
        }
    }

    @Test(
        "accepts or refuses whatever is made of them",
        .enabled(if: FuzzSettings.only == nil, "REKINDLE_FUZZ_CASE asks for one case only"),
        arguments: FuzzReader.all
    )
    func mutations(_ reader: FuzzReader) async throws {
        let samples = try reader.samples()
        let seed = FuzzSettings.seed
        let log = FuzzLog(reader.name)
        let watch = Task { await log.watch() }
        defer { watch.cancel() }
        let clock = ContinuousClock()
        // all readers at once, in turns
        let end = FuzzSettings.seconds.map { clock.now + .seconds($0) }
        var counts: [FuzzReader.Outcome: Int] = [:]
        var failures = 0
        var index = 0
        while end.map({ clock.now < $0 }) ?? (index < reader.cases), failures < 5 {
            // other tests want their turn
            if index.isMultiple(of: 50) { await Task.yield() }
            let next = FuzzCase(reader: reader.name, seed: seed, index: index)
            let input = next.input(samples, reader.dictionary)
            log.begin(next)
            do {
                counts[try reader.read(input), default: 0] += 1
            } catch {
                failures += 1
                Issue.record("REKINDLE_FUZZ_CASE='\(next)': \(error)")
            }
            log.end()
            index += 1
        }
        if FuzzSettings.seconds != nil {
            let accepted = counts[.accepted, default: 0]
            print("\(reader.name): seed \(seed), \(index) cases, \(accepted) accepted")
        }
        // a mutation that nobody refuses tests nothing
        #expect(counts[.refused, default: 0] > 0 || !reader.mayRefuse)
    }

    @Test(
        "says the same of one case again",
        .enabled(if: FuzzSettings.only != nil, "only with REKINDLE_FUZZ_CASE"),
    )
    func one() throws {
        let only = try #require(FuzzSettings.only)
        let reader = try #require(FuzzReader.all.first { $0.name == only.reader })
        let input = only.input(try reader.samples(), reader.dictionary)
        print("\(only): \(input.count) bytes:\n\(String(decoding: input, as: UTF8.self))")
        print("\(try reader.read(input))")
    }

    @Test("makes the same input from the same case, and another from another")
    func repeatable() throws {
        let reader = FuzzReader.all[0]
        let samples = try reader.samples()
        let inputs = (0..<50).map { index in
            FuzzCase(reader: reader.name, seed: 7, index: index).input(samples, [])
        }
        let again = (0..<50).map { index in
            FuzzCase(reader: reader.name, seed: 7, index: index).input(samples, [])
        }
        #expect(inputs == again)
        #expect(Set(inputs).count > 40)
        #expect(FuzzCase("a b:7:12")?.description == "a b:7:12")
    }
}
