import Foundation
import RemoteHost
import SSHTransport

/// An sshd on a loopback port, with keys and a configuration of its own, for the time of one test.
struct LocalSSHD: Sendable {
    struct Configuration {
        /// Added to sshd_config.
        var lines: [String] = []
        var hostKeyTypes = ["ed25519"]
        /// What ssh-keygen is told about the user's key.
        var userKey = ["-t", "ed25519"]
        var userPassphrase = ""
        /// Where it listens: a loopback address.
        var address = "127.0.0.1"
        /// Root's, for this server alone, which then has a mount namespace of its own.
        var password: String?
        /// Whether it must be changed at the next login.
        var passwordIsExpired = false
        /// What PAM does for this server; with `UsePAM yes` only, and a password.
        var pam = ["auth required pam_unix.so", "account required pam_unix.so"]
        /// What root's home has for this server alone, whose login shell is then bash.
        var home: [String: String] = [:]
    }

    /// Whether a server can have a password or a home of its own.
    static var canHaveItsOwn: Bool {
        getuid() == 0
            && ["/usr/bin/unshare", "/usr/bin/openssl", "/etc/shadow", "/etc/pam.d/sshd"]
                .allSatisfy(FileManager.default.fileExists)
            && FileManager.default.isExecutableFile(atPath: "/bin/bash")
    }

    static let path = "/usr/sbin/sshd"
    static var isAvailable: Bool {
        [path, "/usr/bin/ssh-keygen", "/usr/bin/ssh-agent"].allSatisfy(
            FileManager.default.isExecutableFile
        )
    }

    static var hasIPv6Loopback: Bool {
        let addresses = try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)
        return addresses?.contains(String(repeating: "0", count: 31) + "1 ") == true
    }

    let directory: URL
    let address: String
    let port: UInt16
    private let guardian: ChildProcess
    private let leash: Int32

    /// Starts one, runs the body, and ends it.
    static func run(
        _ configuration: Configuration = Configuration(),
        _ body: (LocalSSHD) async throws -> Void
    ) async throws {
        let server = try LocalSSHD(configuration)
        defer { server.stop() }
        try await server.waitForListener()
        try await body(server)
    }

    private init(_ configuration: Configuration) throws {
        directory = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-sshd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // Privilege separation of a server that root starts wants this one.
        if getuid() == 0 {
            try? FileManager.default.createDirectory(
                atPath: "/run/sshd",
                withIntermediateDirectories: true
            )
        }
        address = configuration.address
        port = try Self.freePort()
        var lines = configuration.lines
        for type in configuration.hostKeyTypes {
            let file = directory.appending(path: "host_\(type)")
            try Tool.run("/usr/bin/ssh-keygen", "-q", "-t", type, "-N", "", "-f", file.path)
            lines.append("HostKey \(file.path)")
        }
        let userKey = directory.appending(path: "id").path
        try Tool.run(
            "/usr/bin/ssh-keygen",
            ["-q", "-a", "1", "-N", configuration.userPassphrase, "-f", userKey]
                + configuration.userKey
        )
        try FileManager.default.copyItem(
            atPath: userKey + ".pub",
            toPath: directory.appending(path: "authorized_keys").path
        )
        lines += [
            "Port \(port)", "ListenAddress \(address)", "StrictModes no", "UsePAM no",
            "PermitRootLogin yes", "PidFile \(directory.appending(path: "pid").path)",
            "AuthorizedKeysFile \(directory.appending(path: "authorized_keys").path)",
        ]
        let file = directory.appending(path: "sshd_config")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        // The pipe closes with this process, however that ends: no server is left behind.
        let script = "\"$0\" -D -e -f \"$1\" 2>\"$2\" </dev/null & read _; kill $!"
        let mounts = try Self.mounts(configuration, directory)
        let leash = ChildProcess.pipe()
        let null = ChildProcess.devNull()
        guardian = try ChildProcess(
            mounts == nil ? "/bin/sh" : "/usr/bin/unshare",
            (mounts == nil ? [] : ["--mount", "sh"])
                + ["-c", (mounts ?? "") + script, Self.path, file.path]
                + [directory.appending(path: "log").path, directory.path],
            descriptors: [leash.read, null, null]
        )
        self.leash = leash.write
        close(leash.read)
        close(null)
        try trustHostKeys()
    }

    /// What puts files of its own before the machine's; nil where there are none.
    private static func mounts(
        _ configuration: Configuration,
        _ directory: URL
    ) throws -> String? {
        var mounts: [(name: String, target: String)] = []
        func mount(_ text: String, _ target: String, _ mode: mode_t = 0o644) throws {
            let name = target.replacing("/", with: "-")
            let file = directory.appending(path: name)
            try text.write(to: file, atomically: true, encoding: .utf8)
            chmod(file.path, mode)
            mounts.append((name, target))
        }
        if let password = configuration.password {
            let hash = try Tool.run("/usr/bin/openssl", "passwd", "-6", password)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let changed = configuration.passwordIsExpired ? 0 : 20_000
            try mount("root:\(hash):\(changed):0:99999:7:::\n", "/etc/shadow", 0o600)
            try mount(configuration.pam.joined(separator: "\n") + "\n", "/etc/pam.d/sshd")
        }
        if !configuration.home.isEmpty {
            let home = directory.appending(path: "home")
            for (name, text) in configuration.home {
                let file = home.appending(path: name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
            let others = try String(contentsOfFile: "/etc/passwd", encoding: .utf8)
                .split(separator: "\n").filter { !$0.hasPrefix("root:") }
            let root = "root:x:0:0:root:\(home.path):/bin/bash"
            try mount(([Substring(root)] + others).joined(separator: "\n") + "\n", "/etc/passwd")
        }
        guard !mounts.isEmpty else { return nil }
        return mounts.map { "mount --bind \"$3/\($0.name)\" \($0.target) || exit; " }.joined()
    }

    private func stop() {
        close(leash)
        guardian.wait()
        try? FileManager.default.removeItem(at: directory)
    }

    private func waitForListener() async throws {
        for _ in 0..<500 {
            if (try? String(contentsOf: directory.appending(path: "pid"), encoding: .utf8)) != nil {
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failed("sshd did not start: \(log)")
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    var log: String {
        (try? String(contentsOf: directory.appending(path: "log"), encoding: .utf8)) ?? ""
    }

    // MARK: what a client needs

    var userKey: String { directory.appending(path: "id").path }
    var knownHosts: String { directory.appending(path: "known_hosts").path }

    var endpoint: HostEndpoint {
        HostEndpoint(
            host: address,
            port: port,
            user: NSUserName(),
            identityFiles: [userKey],
            knownHostsFiles: [knownHosts]
        )
    }

    func connect(
        _ settings: SSHConnector.Settings = SSHConnector.Settings()
    ) async throws -> any HostConnection {
        try await SSHConnector(settings: settings).connect(to: endpoint)
    }

    func hostKey(_ type: String = "ed25519") throws -> String {
        let file = directory.appending(path: "host_\(type).pub")
        let words = try String(contentsOf: file, encoding: .utf8).split(separator: " ")
        return words.prefix(2).joined(separator: " ")
    }

    func writeKnownHosts(_ lines: [String]) throws {
        try (lines.joined(separator: "\n") + "\n")
            .write(toFile: knownHosts, atomically: true, encoding: .utf8)
    }

    private func trustHostKeys() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        let types = names.filter { $0.hasPrefix("host_") && !$0.hasSuffix(".pub") }
        try writeKnownHosts(
            types.map { "[\(address)]:\(port) " + (try hostKey(String($0.dropFirst(5)))) }
        )
    }

    // MARK: what a test does to it

    /// The server processes of the connections that are open now.
    func sessionProcesses() throws -> [pid_t] {
        let text = try String(contentsOf: directory.appending(path: "pid"), encoding: .utf8)
        let listener = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
        return RunningProcess.all().filter { $0.parent == listener }.map(\.id)
    }

    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, .streamThatNoChildInherits, 0)
        defer { close(descriptor) }
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) + getsockname(descriptor, pointer, &size)
            }
        }
        guard code == 0 else { throw Failed("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
