import RestoreEngine
import Testing

@testable import RekindleCommands

@Suite("The line about uploads")
struct UploadProgressTests {
    private static let mebibyte: UInt64 = 1 << 20

    private static func sent(_ taken: UInt64, wire: UInt64, offset: UInt64 = 0) -> SentBytes {
        SentBytes(
            taken: taken * mebibyte,
            total: 100 * mebibyte,
            offset: offset * mebibyte,
            wire: wire * mebibyte
        )
    }

    @Test(
        "gives each member's share, rate and time left, and the time of the slowest as the whole's"
    )
    func rates() {
        var progress = UploadProgress()
        for member in ["a", "b", "c"] {
            progress.note(Self.sent(0, wire: 0), of: member, at: 1000)
        }
        progress.note(Self.sent(20, wire: 20), of: "a", at: 1002)
        progress.note(Self.sent(80, wire: 80), of: "b", at: 1002)
        progress.note(Self.sent(100, wire: 100), of: "c", at: 1002)
        #expect(
            progress.line(for: ["a", "b", "c"], at: 1002)
                == "  copying: a 20% 10.0 MiB/s 8.00 s  b 80% 40.0 MiB/s 0.50 s  c 100%  "
                + "200 MiB of 300 MiB  50.0 MiB/s  8.00 s left"
        )
    }

    @Test("says the rate on the wire where packing makes it another")
    func wire() {
        var progress = UploadProgress()
        progress.note(Self.sent(0, wire: 0), of: "a", at: 0)
        progress.note(Self.sent(50, wire: 10), of: "a", at: 5)
        #expect(
            progress.line(for: ["a"], at: 5)
                == "  copying: a 50% 10.0 MiB/s 5.00 s  50.0 MiB of 100 MiB  "
                + "10.0 MiB/s (2.00 MiB/s on the wire)  5.00 s left"
        )
    }

    @Test("does not count what a member had before as sent")
    func resumed() {
        var progress = UploadProgress()
        progress.note(Self.sent(60, wire: 0, offset: 60), of: "a", at: 0)
        progress.note(Self.sent(70, wire: 10, offset: 60), of: "a", at: 1)
        #expect(progress.line(for: ["a"], at: 1)?.contains("70% 10.0 MiB/s 3.00 s") == true)
    }

    @Test("measures one that began again from there")
    func again() {
        var progress = UploadProgress()
        progress.note(Self.sent(0, wire: 0), of: "a", at: 0)
        progress.note(Self.sent(90, wire: 90), of: "a", at: 1)
        progress.note(Self.sent(10, wire: 0), of: "a", at: 100)
        progress.note(Self.sent(20, wire: 10), of: "a", at: 101)
        #expect(progress.line(for: ["a"], at: 101)?.contains("20% 10.0 MiB/s 8.00 s") == true)
    }

    @Test("promises no time while a member has not begun, and says nothing once all are done")
    func ends() {
        var progress = UploadProgress()
        #expect(progress.line(for: ["a", "b"], at: 0) == nil)
        progress.note(Self.sent(0, wire: 0), of: "a", at: 0)
        progress.note(Self.sent(50, wire: 50), of: "a", at: 1)
        let line = progress.line(for: ["a", "b"], at: 1)
        #expect(line?.contains("b 0%") == true)
        #expect(line?.contains("left") == false)
        for member in ["a", "b"] {
            progress.note(Self.sent(100, wire: 100), of: member, at: 2)
        }
        #expect(progress.line(for: ["a", "b"], at: 2) == nil)
    }
}
