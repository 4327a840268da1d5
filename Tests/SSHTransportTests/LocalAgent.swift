import Foundation

/// An ssh-agent for the time of one test.
struct LocalAgent {
    let socket: String

    static func run(_ body: (LocalAgent) async throws -> Void) async throws {
        // Short, because a socket's path has only about 100 bytes.
        let agent = LocalAgent(socket: "/tmp/rekindle-\(UUID().uuidString.prefix(8)).agent")
        let null = ChildProcess.devNull()
        defer { close(null) }
        let process = try ChildProcess(
            "/usr/bin/ssh-agent",
            ["-D", "-a", agent.socket],
            descriptors: [null, null, null]
        )
        defer {
            kill(process.id, SIGTERM)
            process.wait()
            try? FileManager.default.removeItem(atPath: agent.socket)
        }
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: agent.socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
        try await body(agent)
    }

    func add(_ path: String) throws {
        try Tool.run("/usr/bin/ssh-add", ["-q", path], environment: ["SSH_AUTH_SOCK=\(socket)"])
    }
}
