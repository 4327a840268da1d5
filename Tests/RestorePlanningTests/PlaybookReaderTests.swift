import ClusterInventory
import FoundationEssentials
import RestorePlanning
import TestSupport
import Testing

@Suite("Playbook: reading")
struct PlaybookReaderTests {
    @Test(
        "says what is wrong, where, and what to do instead",
        arguments: cases + BadPlaybook.drills + BadPlaybook.hooks + BadPlaybook.recoveries
    )
    func bad(_ playbook: BadPlaybook) {
        #expect(playbook.findings() == playbook.wanted)
        #expect(PlaybookReader.read(Array(MarkedText(playbook.text).text.utf8), file: "f").0 == nil)
    }

    @Test("the file beside the program is the built-in playbook", arguments: 0..<6)
    func builtIn(number: Int) throws {
        let wanted = Playbook.builtIn[number]
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../playbooks/\(wanted.name).yaml")
        let (read, diagnostics) = PlaybookReader.read(
            Array(try Data(contentsOf: file)),
            file: "\(wanted.name).yaml"
        )
        #expect(diagnostics == [])
        let playbook = try #require(read)
        #expect(playbook.name == wanted.name)
        #expect(playbook.summary == wanted.summary)
        #expect(playbook.lines.map(\.step.name) == wanted.lines.map(\.step.name))
        #expect(playbook.lines.map(\.limits) == wanted.lines.map(\.limits))
        #expect(playbook.hooks == wanted.hooks)
        #expect(playbook.revisionBump == wanted.revisionBump)
        #expect(playbook.memberCount == wanted.memberCount)
        #expect(wanted.faults() == [])
        #expect(Playbook.builtIn.count == 6)
    }

    @Test("takes settings over defaults, and leaves the rest")
    func settings() throws {
        let playbook = try #require(
            PlaybookReader.read(
                Array(
                    """
                    name: mine
                    steps:
                      - stop-members: {timeout: 1h30m}
                      - distribute-snapshot: {retries: 0}
                      - archive-data:
                          retries: 100
                          timeout: 45s
                      - restore-snapshot: ~
                      - set-ownership: {}
                      - start-members
                      - verify-cluster
                    """.utf8
                ),
                file: "f"
            ).0
        )
        #expect(playbook.summary.isEmpty)
        #expect(
            playbook.lines.map(\.limits) == [
                StepLimits(retries: 3, timeoutSeconds: 5400),
                StepLimits(retries: 0, timeoutSeconds: 1800),
                StepLimits(retries: 100, timeoutSeconds: 45),
                RestoreSnapshot().defaults, SetOwnership().defaults, StartMembers().defaults,
                VerifyCluster().defaults,
            ]
        )
    }

    @Test("restoring beside the running cluster is a playbook as well")
    func staged() {
        let (playbook, diagnostics) = PlaybookReader.read(
            Array(
                BadPlaybook.text(
                    "distribute-snapshot",
                    "restore-snapshot",
                    "set-ownership",
                    "stop-members",
                    "archive-data",
                    "start-members",
                    "verify-cluster"
                ).utf8
            ),
            file: "f"
        )
        #expect(diagnostics == [])
        #expect(playbook?.lines.count == 7)
    }

    @Test(
        "an order of the steps passes only where each finds what it needs",
        .timeLimit(.minutes(5))
    )
    func everyOrder() {
        // those of a restore: with a drill's there would be half a billion orders
        let restores = Set(Playbook.restoreClusterStaged.lines.map(\.step.name))
        let names = StepCatalog.steps.map(\.name).filter(restores.contains)
        var accepted: Set<[String]> = []
        func permute(_ chosen: [String]) {
            if chosen.count == names.count {
                let lines = chosen.compactMap(StepCatalog.step(named:)).map {
                    Playbook.Line(step: $0)
                }
                if Playbook(name: "p", summary: "", lines: lines).faults().isEmpty {
                    accepted.insert(chosen)
                }
                return
            }
            for name in names where !chosen.contains(name) { permute(chosen + [name]) }
        }
        permute([])
        for order in accepted {
            func place(_ name: String) -> Int { order.firstIndex(of: name) ?? -1 }
            #expect(place("stop-members") < place("archive-data"))
            #expect(place("distribute-snapshot") < place("archive-data"))
            #expect(place("distribute-snapshot") < place("restore-snapshot"))
            #expect(place("restore-snapshot") < place("set-ownership"))
            #expect(place("archive-data") < place("start-members"))
            #expect(place("set-ownership") < place("start-members"))
            #expect(order.suffix(2) == ["start-members", "verify-cluster"])
        }
        #expect(!accepted.isEmpty)
        #expect(accepted.contains(names))
    }

    static let all = [
        "stop-members", "distribute-snapshot", "archive-data", "restore-snapshot",
        "set-ownership", "start-members", "verify-cluster",
    ]
    static let catalogue =
        "the steps are \(StepCatalog.steps.map(\.name).joined(separator: ", ")), run"
}
