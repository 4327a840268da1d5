import Foundation
import TestSupport
import Testing

@Suite("Programs that tests write")
struct ProgramFolderTests {
    private static func inFolder(_ body: (String, ProgramFolder) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-programs \(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path, ProgramFolder(at: path))
    }

    private static func run(_ line: String, _ path: String) throws -> ShellProcess.Result {
        try ShellProcess(line, environment: ["PATH=\(path)"]).finish()
    }

    @Test("are never busy, however many children are forked meanwhile")
    func neverBusy() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<40 { _ = try ShellProcess("true").finish() }
                }
            }
            group.addTask {
                try Self.inFolder { path, programs in
                    for number in 0..<40 {
                        try programs.write("echo \(number)", as: "systemctl")
                        let said = try Self.run("systemctl", path)
                        #expect(said.outputText == "\(number)\n", "\(said.errorText)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("are all that there is: one that is missing is not this machine's")
    func nothingElse() throws {
        try Self.inFolder { path, _ in
            for name in ["systemctl", "etcdctl", "etcdutl", "etcd", "sudo"] {
                let found = try Self.run("command -v \(name)", path)
                #expect(found.status != 0, "\(name)")
            }
            let digest = try Self.run("printf a | sha256sum | cut -c1-4", path)
            #expect(digest.outputText == "ca97\n")
        }
    }

    @Test("of this machine are called wherever they lie")
    func call() throws {
        try Self.inFolder { path, programs in
            let odd = "\(path)/it's a \"$HOME\" 100%"
            try ProgramFolder.write("#!/bin/sh\necho \"$@\"\n", to: odd)
            try ProgramFolder.writeCall(of: odd, to: "\(path)/call")
            let said = try Self.run("call 'a  b' c", path)
            #expect(said.outputText == "a  b c\n")
        }
    }
}
