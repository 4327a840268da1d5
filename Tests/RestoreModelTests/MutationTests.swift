import Testing

/// A search that finds nothing proves nothing, unless it finds what was broken on purpose.
@Suite("A rule that is taken out")
struct MutationTests {
    @Test("breaks its law, and the story says how", arguments: Mutation.all)
    func breaksItsLaw(mutation: Mutation) throws {
        var rules = HouseRules.shipped(mutation.cluster)
        mutation.change(&rules)
        let breach = try #require(
            Search(rules, areAlike: mutation.cluster.areAlike, mutation.limits).run()
        )
        #expect(breach.law == mutation.law, "\(breach.text)")
        #expect(breach.text.hasPrefix("broken: \(mutation.law.rawValue)\n"))
        var rest = breach.story[...]
        for line in mutation.story {
            let index = rest.firstIndex(of: line)
            #expect(index != nil, "no “\(line)” in\n\(breach.text)")
            rest = rest[(index.map { $0 + 1 } ?? rest.startIndex)...]
        }
    }
}
