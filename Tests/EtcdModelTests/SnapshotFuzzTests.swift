import EtcdModel
import SnapshotSource
import TestSupport
import Testing

/// Seeded, so that a failure names a file, a seed and a round that show it again.
@Suite("A snapshot that was mutated at random")
struct SnapshotFuzzTests {
    static let small = RecordedFacts.all.keys.filter { !$0.hasPrefix("busy") }.sorted()
    static let rounds = 5000

    /// One to four changes of a byte, a range, a number or the length.
    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        for _ in 0...Int.random(in: 0...3, using: &random) where bytes.count > 64 {
            let place = Int.random(in: 0..<(bytes.count - 64), using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0...4: bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            case 5, 6:
                // the numbers of page headers and elements are what the reader trusts least
                let page = place / 4096 * 4096 + Int.random(in: 0..<32, using: &random) * 2
                let width = [2, 4, 8].randomElement(using: &random) ?? 2
                let fill: UInt8 = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                for index in page..<(page + width) where index < bytes.count {
                    bytes[index] = fill
                }
            case 7, 8:
                let length = Int.random(in: 1...64, using: &random)
                for index in place..<(place + length) {
                    bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            case 9:
                let length = Int.random(in: 1...64, using: &random)
                let from = Int.random(in: 0..<(bytes.count - 64), using: &random)
                bytes.replaceSubrange(
                    place..<(place + length),
                    with: Array(bytes[from..<(from + length)])
                )
            case 10 where bytes.count >= 4096:
                let pages = bytes.count / 4096
                let from = Int.random(in: 0..<pages, using: &random) * 4096
                let to = Int.random(in: 0..<pages, using: &random) * 4096
                bytes.replaceSubrange(to..<(to + 4096), with: Array(bytes[from..<(from + 4096)]))
            default: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            }
        }
    }

    @Test(
        "is read to an end or refused, with a right digest",
        .timeLimit(.minutes(10)),
        arguments: small
    )
    func rightDigest(name: String) async throws {
        let whole = try EditedSnapshot(name)
        var random = SeededRandom(seed: 2)
        var refused = 0
        for round in 0..<Self.rounds {
            // other tests want their turn
            if round.isMultiple(of: 100) { await Task.yield() }
            var database = Array(whole.bytes.dropLast(32))
            mutate(&database, &random)
            do throws(any Error) {
                let content = try SnapshotContent(reading: MemoryDatabase(bytes: database[...]))
                if content.keys > content.totalKeys { Issue.record("\(name), round \(round)") }
            } catch let fault as SnapshotFault {
                refused += 1
                if case .damaged(let page, let what) = fault, what.isEmpty || page == 0 {
                    // only a number in the file may be 0, and then there is no such page
                    if what != "there is no such page" { Issue.record("\(name), round \(round)") }
                }
            }
        }
        #expect(refused > Self.rounds / 4)
    }

    @Test(
        "is never proven with the digest of before",
        .timeLimit(.minutes(10)),
        arguments: small
    )
    func staleDigest(name: String) async throws {
        let whole = try EditedSnapshot(name)
        let file = try ScratchFile()
        var random = SeededRandom(seed: 3)
        for round in 0..<Self.rounds {
            if round.isMultiple(of: 100) { await Task.yield() }
            var bytes = whole.bytes
            mutate(&bytes, &random)
            guard bytes != whole.bytes else { continue }
            try file.write(bytes)
            do throws(any Error) {
                _ = try LocalSnapshot(path: file.path).prove()
                Issue.record("\(name), round \(round): proven")
            } catch is SnapshotFileError {
                continue
            }
        }
    }

    @Test("is proven again once it is signed, or refused with a reason", arguments: small)
    func signedFiles(name: String) throws {
        let whole = try EditedSnapshot(name)
        var random = SeededRandom(seed: 4)
        for round in 0..<300 {
            var snapshot = whole
            mutate(&snapshot.bytes, &random)
            guard snapshot.bytes.count > 32 else { continue }
            snapshot.sign()
            switch try snapshot.problem() {
            case nil, .fault: break
            case let problem?: Issue.record("\(name), round \(round): \(problem)")
            }
        }
    }
}
