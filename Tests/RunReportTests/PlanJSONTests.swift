import ClusterInventory
import EtcdModel
import RestorePlanning
import RunReport
import TestSupport
import Testing

@Suite("A plan as JSON")
struct PlanJSONTests {
    private func decode(_ text: String) throws -> Plan {
        try PlanJSON.decode(Array(text.utf8), file: "plan.json")
    }

    private func refusal(_ text: String) -> Diagnostic? {
        do {
            _ = try PlanJSON.decode(Array(text.utf8), file: "plan.json")
            return nil
        } catch {
            return error
        }
    }

    @Test("read again is the same plan", arguments: PlanShellTests.samples)
    func roundTrip(sample: Sample) throws {
        for plan in [sample.plan, sample.rollback, sample.clean] {
            #expect(try decode(PlanJSON.encode(plan)) == plan)
        }
    }

    @Test("is the same bytes for the same plan")
    func stable() throws {
        let first = try PlanJSON.encode(Sample().plan)
        for _ in 0..<5 { #expect(try PlanJSON.encode(Sample().plan) == first) }
        #expect(first.hasSuffix("}\n"))
        #expect(!first.contains("\\/"))
    }

    @Test("of another version is refused, saying which")
    func otherVersion() throws {
        var plan = Sample().plan
        plan.version = 2
        let fault = try #require(refusal(PlanJSON.encode(plan)))
        #expect(fault.message == "the plan is of version 2, this rekindle reads version 1")
        #expect(fault.hint != nil)
    }

    @Test(
        "that is not one is refused with the reason",
        arguments: [
            ("", "not a plan: it is not JSON"), ("[]", "not a plan: "),
            ("{}", "not a plan: version is missing"),
            ("{\"version\":1}", "the plan is damaged: kind is missing"),
        ]
    )
    func noPlan(text: String, message: String) throws {
        let fault = try #require(refusal(text))
        #expect(fault.message.hasPrefix(message), "\(fault)")
        #expect(fault.file == "plan.json")
    }

    @Test("names the place of what it does not know")
    func unknownEffect() throws {
        let text = try PlanJSON.encode(Sample().plan)
            .replacing("\"hold-service\"", with: "\"burn-service\"", maxReplacements: 1)
        let fault = try #require(refusal(text))
        #expect(
            fault.message.hasPrefix("the plan is damaged: steps[1].stages[0].effects[0].kind: "),
            "\(fault)"
        )
    }

    @Test("whose parts do not fit together is refused")
    func inconsistent() throws {
        var stray = Sample().plan
        stray.steps[0].stages[0].effects[0].member = "etcd-9"
        #expect(
            try refusal(PlanJSON.encode(stray))?.message
                == "the plan is damaged: take-lock is for etcd-9, which is not a member"
        )
        var twice = Sample().plan
        twice.targets[1] = twice.targets[0]
        #expect(try refusal(PlanJSON.encode(twice))?.message.contains("there twice") == true)
        var otherRun = Sample().plan
        otherRun.targets[0].paths.run = "../../etc"
        #expect(try refusal(PlanJSON.encode(otherRun))?.message.contains("of another run") == true)
        var otherMembers = Sample().plan
        otherMembers.topology.members.removeLast()
        #expect(
            try refusal(PlanJSON.encode(otherMembers))?.message.contains("its topology") == true
        )
    }
}
