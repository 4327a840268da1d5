import ClusterInventory
import FoundationEssentials
import Testing

@Suite("Inventory: damaged files")
struct DamageTests {
    @Test("reads any damage to the end, and points into the file", arguments: 0..<8)
    func damage(_ seed: UInt64) throws {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let example = Array(try Data(contentsOf: URL(filePath: "\(path)/inventory.example")))
        var random = SeededGenerator(state: seed)
        for _ in 0..<150 {
            var bytes = example
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                damage(&bytes, using: &random)
            }
            let (inventory, diagnostics) = InventoryReader.read(
                bytes,
                file: "f",
                surroundings: .test
            )
            #expect((inventory == nil) == diagnostics.contains { $0.severity == .error })
            let lines = bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + 1
            for diagnostic in diagnostics {
                #expect(diagnostic.line.map { (1...lines).contains($0) } ?? true)
                #expect(diagnostic.column.map { (1...bytes.count + 1).contains($0) } ?? true)
                #expect(!diagnostic.message.isEmpty && !diagnostic.message.contains("\n"))
            }
        }
    }

    /// One of the ways in which a file is spoilt: a byte, a cut, a line moved, a piece doubled.
    private func damage(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        let position = Int.random(in: 0..<max(1, bytes.count), using: &random)
        guard position < bytes.count else { return }
        let end = min(bytes.count, position + Int.random(in: 1...60, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[position] = UInt8.random(in: 0...127, using: &random)
        case 1:
            bytes[position] =
                Array("{}[]:,&*!|>'\"%@`#-?~\t\n ".utf8).randomElement(using: &random) ?? 0
        case 2: bytes.removeSubrange(position..<end)
        case 3: bytes.insert(contentsOf: bytes[position..<end], at: position)
        case 4: bytes.insert(contentsOf: bytes[position..<end], at: bytes.count / 2)
        default:
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = Int.random(in: 0..<lines.count, using: &random)
            lines.insert(lines[line], at: Int.random(in: 0...lines.count, using: &random))
            bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        }
    }
}

/// SplitMix64: the same damage every time.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
