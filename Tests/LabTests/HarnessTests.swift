import Testing

@Suite("The lab", .serialized, .enabled(if: Lab.unavailable == nil, "no lab on this machine"))
struct HarnessTests {
    @Test("restores a small cluster")
    func restores() throws {
        let lab = try Lab.up("t-harness", etcd: "3.5")
        defer { try? lab.down() }
        try lab.script("load", ["2"])
        let check = try lab.rekindle(["-i", lab.inventory, "check"])
        #expect(check.status == 0, "\(check.errorText)")
    }
}
