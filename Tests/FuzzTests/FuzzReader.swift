import Testing

/// One reader of bytes that somebody else wrote, and what must hold whatever they are.
struct FuzzReader: Sendable, CustomTestStringConvertible {
    /// What became of one input; anything that is broken is thrown as `Broken`.
    enum Outcome: Sendable {
        case accepted
        case refused
    }

    /// A property that does not hold.
    struct Broken: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    let name: String
    /// How many cases the short run has: fewer where a case takes longer.
    let cases: Int
    /// False for a reader that makes something of everything.
    let mayRefuse: Bool
    let dictionary: [String]
    /// Good inputs, to be mutated; each must be accepted as it is.
    let samples: @Sendable () throws -> [[UInt8]]
    /// Throws `Broken`, and traps where it is worse.
    let read: @Sendable ([UInt8]) throws -> Outcome

    var testDescription: String { name }

    init(
        _ name: String,
        cases: Int = 300,
        mayRefuse: Bool = true,
        dictionary: [String] = [],
        samples: @escaping @Sendable () throws -> [[UInt8]],
        read: @escaping @Sendable ([UInt8]) throws -> Outcome
    ) {
        self.name = name
        self.cases = cases
        self.mayRefuse = mayRefuse
        self.dictionary = dictionary
        self.samples = samples
        self.read = read
    }

    static let all = yaml + runs + toolOutput + hostOutput + keys + texts

    static func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Broken(message()) }
    }
}
