import Testing

@testable import SnapshotSource

@Suite("A limit on the bandwidth")
struct BandwidthTests {
    @Test(
        "is read as rsync reads it, and in bits as networks are sold",
        arguments: [
            ("100", 102_400), ("50M", 52_428_800), ("50m", 52_428_800), ("1.5G", 1_610_612_736),
            ("8k", 8192), ("100mbit", 12_500_000), ("1Gbit", 125_000_000), ("512kbit", 64_000),
        ] as [(String, Double)]
    )
    func read(_ text: String, _ rate: Double) {
        #expect(Bandwidth.bytesPerSecond(text) == rate)
    }

    @Test(
        "is refused where it is none",
        arguments: [
            "", "M", "-1", "0", "0.5k", "1 M", "50MB", "50MB/s", "1e9", "inf", "nan", "1.2.3", "٣",
            ".5M", "1kbit",
        ]
    )
    func refused(_ text: String) {
        #expect(Bandwidth.bytesPerSecond(text) == nil)
    }

    @Test("is kept by two uploads together")
    func kept() async {
        let bandwidth = Bandwidth(bytesPerSecond: 40_000)
        let began = ContinuousClock.now
        await withTaskGroup { group in
            for _ in 0..<2 {
                group.addTask { @concurrent in
                    var left = 10_000
                    while left > 0 { left -= bandwidth.take(upTo: left) }
                }
            }
        }
        // 20 kB at 40 kB/s, less the one piece of 20 ms that goes at once
        #expect(ContinuousClock.now - began >= .milliseconds(450))
    }

    @Test("lets through a piece at a time, never nothing")
    func pieces() {
        let slow = Bandwidth(bytesPerSecond: 1)
        #expect(slow.bytesPerSecond == 1024)
        #expect(slow.take(upTo: 100_000) == 256)
        #expect(slow.take(upTo: 1) == 1)
    }
}
