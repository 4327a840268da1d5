import Testing

@Suite(
    "Whatever happens to the coordinator",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fault-co", etcd: "3.5")
)
struct CoordinatorFaultTests {
    @Test(
        "a restore ends with the new cluster proven or the old one back",
        arguments: FaultCase.asked(CoordinatorFaults.all)
    )
    func either(_ faultCase: FaultCase) throws {
        try FaultRunner.play(faultCase, on: .current)
    }
}
