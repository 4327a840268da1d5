import Testing

/// One lab for a whole suite: it is up before the first test and down after the last.
struct LabTrait: SuiteTrait, TestScoping {
    let name: String
    let members: Int
    let etcd: String
    let options: [String]

    @concurrent
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let lab = try Lab.up(Lab.name(name), members: members, etcd: etcd, options)
        do {
            try await Lab.$shared.withValue(lab) { try await function() }
        } catch {
            try? lab.down()
            throw error
        }
        try lab.down()
    }
}

extension Trait where Self == LabTrait {
    static func lab(
        _ name: String,
        members: Int = 3,
        etcd: String,
        _ options: String...
    )
        -> LabTrait
    {
        LabTrait(name: name, members: members, etcd: etcd, options: options)
    }
}

extension Lab {
    /// One for each working copy: two that test at the same time must not break each other's hosts,
    /// and one that was killed finds its own lab again and boots it anew.
    static func name(_ suite: String) -> String {
        // FNV-1a, because Swift's own hash differs from run to run
        let hash = root.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return "\(suite)-\(String(hash, radix: 16))"
    }

    @TaskLocal static var shared: Lab?

    /// The lab of the suite that runs.
    static var current: Lab {
        get throws {
            guard let shared else { throw NoLab() }
            return shared
        }
    }

    struct NoLab: Error, CustomStringConvertible {
        var description: String { "the suite has no .lab(…) trait" }
    }
}
