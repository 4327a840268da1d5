import TestSupport

/// One input, made again from its name alone: `inventory:7:1234`.
struct FuzzCase: Sendable, Hashable, CustomStringConvertible {
    var reader: String
    var seed: UInt64
    var index: Int

    var description: String { "\(reader):\(seed):\(index)" }

    init(reader: String, seed: UInt64, index: Int) {
        self.reader = reader
        self.seed = seed
        self.index = index
    }

    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 3, let seed = UInt64(parts[1]), let index = Int(parts[2]) else {
            return nil
        }
        self.init(reader: String(parts[0]), seed: seed, index: index)
    }

    func input(_ samples: [[UInt8]], _ dictionary: [String]) -> [UInt8] {
        // FNV-1a, because Swift's own hash differs from run to run
        let name = reader.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        var mixing = SeededRandom(seed: seed ^ name &+ UInt64(index) &* 0x9E37_79B9)
        var mutator = Mutator(
            seed: mixing.next(),
            dictionary: dictionary.map { Array($0.utf8) }
        )
        return mutator.mutate(samples)
    }
}
