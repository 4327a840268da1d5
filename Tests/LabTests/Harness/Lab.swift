import Foundation
import Synchronization
import Testing

/// Real hosts with systemd, sshd and etcd on this machine, through the scripts in `lab/`.
struct Lab: Sendable {
    let name: String
    /// Whom `etcdctl` asks, as it is told with `--endpoints`; nil: the members of the start.
    var endpoints: String?
    /// A test's own; nil: the lab's.
    var ownInventory: String?
    /// `name:password` of whom the lab's own etcdctl asks as; nil: nobody by name.
    var user: String?

    /// Where the package is.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Why there is no lab on this machine; nil where there is one.
    static let unavailable: String? = {
        let result = try? Program.run("\(root)/lab/available", [])
        guard let result else { return "lab/available cannot be run" }
        return result.status == 0 ? nil : result.errorText
    }()

    /// Boots the hosts, or boots them again; what was left of an earlier lab of that name is gone.
    static func up(
        _ name: String,
        members: Int = 3,
        etcd: String,
        _ options: [String] = []
    ) throws
        -> Lab
    {
        let lab = Lab(name: name)
        values.withLock { known in known = known.filter { !$0.key.hasPrefix("\(name) ") } }
        try lab.script("up", [String(members), "--etcd", etcd] + options, named: false)
        return lab
    }

    /// The same lab, where other hosts have the members now.
    func asking(_ hosts: Int...) throws -> Lab { try asking(hosts) }

    func asking(_ hosts: [Int]) throws -> Lab {
        var lab = self
        lab.endpoints = try hosts.map { "https://\(try value("LAB_IP_\($0)")):2379" }
            .joined(separator: ",")
        return lab
    }

    func down() throws { try script("down", []) }

    /// A fresh, empty, healthy cluster; whatever a test did to the disks is undone.
    func reset() throws { try script("reset", []) }

    /// The value of one line of the lab's `env` file, such as `LAB_INVENTORY`.
    func value(_ key: String) throws -> String {
        if let known = Self.values.withLock({ $0["\(name) \(key)"] }) { return known }
        let path = try script("env", []).outputText.trimmingCharacters(in: .whitespacesAndNewlines)
        let value = try Program.require(
            "/bin/bash",
            ["-c", ". \"$1\"; printf %s \"${!2}\"", "bash", path, key]
        ).outputText
        Self.values.withLock { $0["\(name) \(key)"] = value }
        return value
    }

    /// The values stay the same as long as a lab is up.
    private static let values = Mutex<[String: String]>([:])

    var inventory: String { get throws { try ownInventory ?? value("LAB_INVENTORY") } }

    /// Runs a command on a host as root, without SSH.
    @discardableResult
    func exec(_ member: Int, _ script: String) throws -> Program.Result {
        try self.script("exec", ["etcd-\(member)", "sh", "-c", script])
    }

    @discardableResult
    func script(
        _ command: String,
        _ arguments: [String],
        named: Bool = true
    ) throws
        -> Program.Result
    {
        // `up` reads its number first; all others take the name in front
        let words = named ? ["--lab", name] + arguments : ["--lab", name] + arguments
        return try Program.require("\(Self.root)/lab/\(command)", words)
    }

    /// Runs the program under test in the coordinator's network.
    func rekindle(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws
        -> Program.Result
    {
        try Program.run(
            "\(Self.root)/lab/run",
            ["--lab", name, Rekindle.path] + arguments,
            environment: environment
        )
    }
}

/// The program under test, as it was built beside the tests.
enum Rekindle {
    static let path: String = {
        let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let built = tests.appending(path: "rekindle").path
        return FileManager.default.isExecutableFile(atPath: built)
            ? built : "\(Lab.root)/.build/debug/rekindle"
    }()
}
