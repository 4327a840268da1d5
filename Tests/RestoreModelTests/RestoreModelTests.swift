import Testing

@Suite("Every way a run can go", .serialized)
struct RestoreModelTests {
    func search(_ rules: HouseRules, _ alike: Bool, _ f: Int, _ e: Int) {
        let search = Search(
            rules,
            areAlike: alike,
            Search.Limits(faults: f, events: e, states: 2_500_000)
        )
        let clock = ContinuousClock()
        var breach: Breach?
        let time = clock.measure { breach = search.run() }
        print(f, e, time, search.isComplete, search.states, search.transitions, search.futures.count, search.futures.refusals)
        print(search.machine.books.map { ($0.hosts.count, $0.states.count) }, search.machine.coordinators.runs.entries.count)
        #expect(breach == nil, "\(breach?.text ?? "")")
    }
    @Test("waits", arguments: [true, false])
    func waits(alike: Bool) {
        var rules = HouseRules.shipped(alike ? .alike : .unlike)
        rules.looksWait = false
        search(rules, alike, 2, 0)
    }
    @Test("keeps every law", arguments: [(1, 1), (0, 2)], [true, false])
    func alike(l: (Int, Int), alike: Bool) {
        search(.shipped(alike ? .alike : .unlike), alike, l.0, l.1)
    }
}
