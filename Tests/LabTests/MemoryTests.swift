import Foundation
import Glibc
import Testing

@Suite(
    "The coordinator's memory",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("memory", etcd: "3.5")
)
struct MemoryTests {
    /// MiB of values, which etcd's pages make a fifth larger.
    static let small = 20
    static let large = 300

    @Test("does not grow with the snapshot that it sends to three hosts")
    func constant() throws {
        let lab = try Lab.current
        let small = try peak(lab, mebibytes: Self.small)
        let large = try peak(lab, mebibytes: Self.large)
        #expect(small > 1 << 20, "it was measured")
        #expect(large < 64 << 20, "\(large >> 20) MiB")
        #expect(large < small + 8 << 20, "\(small >> 20) MiB, then \(large >> 20) MiB")
    }

    /// The most bytes that the kernel counted as resident in a restore's coordinator.
    private func peak(_ lab: Lab, mebibytes: Int) throws -> Int {
        let scratch = try Scratch()
        let snapshot = scratch.file("snapshot.db")
        // few and large values: they are loaded fastest
        try lab.script("load", [String(mebibytes), "--keys", String(mebibytes * 5 / 2)])
        try lab.script("snapshot", [snapshot])
        let size = try FileManager.default.attributesOfItem(atPath: snapshot)[.size] as? Int ?? 0
        #expect(size > mebibytes << 20)
        let running = try Program.start(
            "\(Lab.root)/lab/run",
            [
                "--lab", lab.name, Rekindle.path, "-i", lab.inventory, "--state-dir",
                scratch.file("state"), "restore", "--snapshot", snapshot, "--yes",
            ]
        )
        var highest = 0
        _ = Watchdog.wait(atMost: 120, every: 10_000) {
            highest = max(highest, residentPeak(running.process))
            return Watchdog.hasEnded(running.process)
        }
        let result = try running.finish(within: 1)
        try #require(result.status == 0, "\(result.errorText)")
        return highest
    }

    /// VmHWM (proc(5)) in bytes; 0 as long as the process is not Rekindle yet, or is gone.
    private func residentPeak(_ process: pid_t) -> Int {
        func read(_ file: String) -> String {
            (try? String(contentsOfFile: "/proc/\(process)/\(file)", encoding: .utf8)) ?? ""
        }
        guard read("comm") == "rekindle\n" else { return 0 }
        let line = read("status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(separator: " ", omittingEmptySubsequences: true).dropLast().last
        return (kibibytes.flatMap { Int($0.drop { !$0.isNumber }) } ?? 0) << 10
    }
}
