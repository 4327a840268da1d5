import Foundation
import TestSupport
import Testing

@testable import RemoteHost

@Suite("What a drill starts has no environment")
struct ScratchEnvironmentTests {
    private let limits = ScratchLimits(seconds: 60, memoryBytes: 1 << 30, cpuPercent: 100)

    @Test("as a process: its PATH is all that it has")
    func process() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-scratch-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scratch = DetachedProcess(
            lock: "\(folder)/lock",
            directory: folder,
            log: "\(folder)/log",
            limits: limits
        )
        for command in scratch.start(["sh", "-c", "env; echo over"]) {
            let result = try ShellProcess(
                command.line,
                environment: [
                    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "ETCD_CONFIG_FILE=/etc/etcd/production",
                    "ETCD_FORCE_NEW_CLUSTER=true",
                ]
            ).finish()
            #expect(result.status == 0, "\(result.errorText)")
        }
        var text = ""
        for _ in 0..<200 where !text.contains("over") {
            usleep(50_000)
            text = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
        }
        #expect(text.contains("over"))
        #expect(text.contains("PATH="))
        #expect(!text.contains("ETCD_"), "\(text)")
    }

    @Test("as a unit: the service manager's own variables are not the program's")
    func unit() {
        let unit = TransientUnit(
            unit: "u",
            user: "etcd",
            group: "etcd",
            directory: "/d",
            limits: limits
        )
        let words = unit.start(["/usr/bin/etcd", "--name=a"]).last.map { $0.line } ?? ""
        #expect(words.contains("-- /usr/bin/env -i PATH="))
        #expect(words.hasSuffix("/usr/bin/etcd --name=a"))
    }
}
