import Testing

@Suite(
    "Whatever happens to the coordinator or in the world around it",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fault-co", etcd: "3.5")
)
struct CoordinatorFaultTests {
    @Test(
        "a restore ends with the new cluster proven or the old one back",
        arguments: FaultCase.asked(
            CoordinatorFaults.all + StateFaults.all + WorldFaults.all + LayoutFaults.all
        )
    )
    func ends(_ faultCase: FaultCase) throws {
        try FaultRunner.play(faultCase, on: .current)
    }
}

@Suite(
    "Whatever happens to a host whose data is on a file system of its own",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fault-host", etcd: "3.5", "--mount=640")
)
struct HostFaultTests {
    @Test(
        "a restore ends with the new cluster proven or the old one back",
        arguments: FaultCase.asked(HostFaults.all + DiskFaults.all)
    )
    func ends(_ faultCase: FaultCase) throws {
        try FaultRunner.play(faultCase, on: .current)
    }
}

@Suite(
    "Whatever happens to a host whose WAL is in a directory of its own",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("fault-wal", etcd: "3.4", "--wal-dir")
)
struct WALFaultTests {
    @Test(
        "a restore ends with the new cluster proven or the old one back",
        arguments: FaultCase.asked(WALFaults.all)
    )
    func ends(_ faultCase: FaultCase) throws {
        try FaultRunner.play(faultCase, on: .current)
    }
}

@Suite("What the lab cannot do to a host")
struct ImpossibleFaultTests {
    @Test(
        "a clock that is a day off another host's",
        .disabled("all hosts of the lab have this machine's clock; the coordinator's is shifted")
    )
    func skewBetweenHosts() {}

    @Test(
        "a power cut that takes what was written and not yet synced",
        .disabled("the hosts' disks are files of this machine, whose kernel lives on")
    )
    func lostWrites() {}
}
