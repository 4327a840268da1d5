import Foundation
import RemoteHost
import SSHTransport

/// A Dropbear on a loopback port, with keys of its own, for the time of one test.
///
/// It looks for authorized_keys in the user's home alone, so it gets a mount namespace in which
/// /etc/passwd names another one; that takes root.
struct LocalDropbear: Sendable {
    static let path = "/usr/sbin/dropbear"
    static var isAvailable: Bool {
        getuid() == 0
            && [
                path, "/bin/bash", "/usr/bin/dropbearkey", "/usr/bin/ssh-keygen",
                "/usr/bin/unshare",
            ]
            .allSatisfy(FileManager.default.isExecutableFile)
    }

    let endpoint: HostEndpoint

    /// Starts one, runs the body, and ends it; with a password it takes that for root's.
    static func run(
        password: String? = nil,
        _ body: (LocalDropbear) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-dropbear-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let port = try prepare(directory)
        if let password {
            let hash = try Tool.run("/usr/bin/openssl", "passwd", "-6", password)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let shadow = directory.appending(path: "shadow")
            try "root:\(hash):20000:0:99999:7:::\n"
                .write(to: shadow, atomically: true, encoding: .utf8)
            chmod(shadow.path, 0o600)
        }
        // The pipe closes with this process, however that ends: no server is left behind.
        let script = """
            mount --bind "$2/passwd" /etc/passwd || exit
            [ ! -e "$2/shadow" ] || mount --bind "$2/shadow" /etc/shadow || exit
            "$0" -F -E -p "127.0.0.1:$1" -P "$2/pid" -r "$2/host_key" 2>"$2/log" </dev/null &
            read _
            kill $!
            """
        let leash = ChildProcess.pipe()
        let null = ChildProcess.devNull()
        let guardian = try ChildProcess(
            "/usr/bin/unshare",
            ["--mount", "sh", "-c", script, path, "\(port)", directory.path],
            descriptors: [leash.read, null, null]
        )
        close(leash.read)
        close(null)
        defer {
            close(leash.write)
            guardian.wait()
        }
        let pid = directory.appending(path: "pid").path
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: pid) {
            try await Task.sleep(for: .milliseconds(10))
        }
        let log = directory.appending(path: "log")
        guard FileManager.default.fileExists(atPath: pid) else {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            throw LocalSSHD.Failed("dropbear did not start: \(text)")
        }
        let endpoint = HostEndpoint(
            host: "127.0.0.1",
            port: port,
            user: "root",
            identityFiles: [directory.appending(path: "id").path],
            knownHostsFiles: [directory.appending(path: "known_hosts").path]
        )
        try await body(LocalDropbear(endpoint: endpoint))
    }

    func connect(
        _ settings: SSHConnector.Settings = SSHConnector.Settings()
    ) async throws -> any HostConnection {
        try await SSHConnector(settings: settings).connect(to: endpoint)
    }

    /// Makes the home, the keys and what knows them.
    private static func prepare(_ directory: URL) throws -> UInt16 {
        let home = directory.appending(path: ".ssh")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        // what others may write to is not trusted
        for folder in [directory, home] { chmod(folder.path, 0o700) }
        func write(_ text: String, _ name: String) throws {
            let file = directory.appending(path: name)
            try text.write(to: file, atomically: true, encoding: .utf8)
            chmod(file.path, 0o600)
        }
        let key = directory.appending(path: "id").path
        try Tool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
        try write(String(contentsOfFile: key + ".pub", encoding: .utf8), ".ssh/authorized_keys")
        // dash would stay between, and tell a signal as an exit status
        try write("root:x:0:0:root:\(directory.path):/bin/bash\n", "passwd")
        chmod(directory.appending(path: "passwd").path, 0o644)
        let hostKey = directory.appending(path: "host_key").path
        let text = try Tool.run("/usr/bin/dropbearkey", "-t", "ed25519", "-f", hostKey)
        let line = text.split(separator: "\n").first { $0.hasPrefix("ssh-") } ?? ""
        let port = try LocalSSHD.freePort()
        try write("[127.0.0.1]:\(port) \(line)\n", "known_hosts")
        return port
    }
}
