import Testing

@Suite("Every way a run can go")
struct RestoreModelTests {
    @Test("keeps every law")
    func alike() {
        let search = Search(
            .shipped(.alike),
            areAlike: true,
            Search.Limits(faults: 1, events: 0)
        )
        let breach = search.run()
        print(search.states, search.transitions, search.futures.count, search.futures.refusals)
        print(search.machine.books.map { ($0.hosts.count, $0.states.count) }, search.machine.coordinators.runs.entries.count)
        #expect(breach == nil, "\(breach?.text ?? "")")
    }
}
