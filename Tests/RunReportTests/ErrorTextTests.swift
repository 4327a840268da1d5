import ClusterInventory
import RestorePlanning
import RestoreRun
import RunReport
import TestSupport
import Testing

@Suite("An error as text")
struct ErrorTextTests {
    @Test("has the host, the fact, the evidence and the hint; equal ones are told once")
    func failures() {
        let failures =
            ["etcd-1", "etcd-3"].map {
                RunFailure(
                    host: $0,
                    step: "stop-members",
                    message: "could not stop etcd.service (exit 1)",
                    evidence: "Failed to stop etcd.service: Connection timed out\nSee system logs.",
                    hint:
                        "mend what the command says, then `rekindle resume`; or `rekindle rollback`"
                )
            } + [
                RunFailure(host: "etcd-2", message: "no route to host", hint: "is it switched on?"),
                RunFailure(host: nil, message: "the journal cannot be written: no space left"),
            ]
        GoldenFile.expect(ErrorText.render(failures, style: .plain), in: "errors.txt")
    }

    @Test("of a request names the request, the run and the way out")
    func refusal() throws {
        let refusal = try #require(RunPhase.completed(.restore).refusal(of: .resume))
        let text = ErrorText.render(
            refusal,
            of: .resume,
            run: "20261122T164512Z-3fa9c1",
            style: .plain
        )
        #expect(
            text == """
                cannot resume run 20261122T164512Z-3fa9c1: there is nothing to resume: its restore is \
                complete
                HINT: `rekindle runs show` tells what it did

                """
        )
    }

    @Test("of a file names the place first, as editors read it")
    func diagnostic() {
        let text = ErrorText.render(
            [
                Diagnostic(
                    .error,
                    "unknown key \"portt\"",
                    file: "inventory.yaml",
                    line: 12,
                    column: 5,
                    hint: "did you mean \"port\"?"
                )
            ],
            style: .plain
        )
        #expect(
            text == """
                inventory.yaml:12:5: error: unknown key "portt"
                    HINT: did you mean "port"?

                """
        )
    }
}
