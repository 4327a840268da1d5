import RestorePlanning
import Testing
import TestSupport

@Suite("A playbook's page")
struct PlaybookPageTests {
    @Test("is what its steps say of themselves", arguments: Playbook.builtIn.map(\.name))
    func page(name: String) throws {
        let playbook = try #require(Playbook.builtIn.first { $0.name == name })
        GoldenFile.expect(
            PlaybookPage(playbook: playbook).text,
            in: "../../../docs/playbooks/\(name).md"
        )
    }

    @Test("has something to say of every step", arguments: StepCatalog.steps.map(\.name))
    func documentation(name: String) throws {
        let step = try #require(StepCatalog.step(named: name))
        #expect(StepDocumentation.text(of: step).hasSuffix("."))
    }
}
