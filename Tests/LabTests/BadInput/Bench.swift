import Foundation
import Synchronization
import Testing

/// The lab that all bad inputs share, with a good inventory and a good snapshot to spoil.
final class Bench: Sendable {
    let lab: Lab
    /// A scratch folder on this machine.
    let folder: String
    let inventoryText: String
    /// A snapshot of the lab's cluster, whole.
    let snapshot: String
    let knownHosts: String
    let addresses: [String]
    private let files = Atomic(0)
    private let looks = Mutex<[String]?>(nil)
    private let madePlan = Mutex<String?>(nil)

    @TaskLocal static var current: Bench?

    /// One for each working copy: two that test at the same time must not break each other's hosts,
    /// and one that was killed finds its own lab again and boots it anew.
    private static let labName: String = {
        // FNV-1a, because Swift's own hash differs from run to run
        let hash = Lab.root.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return "bad-" + String(hash, radix: 16)
    }()

    init() throws {
        lab = try Lab.up(Self.labName, etcd: "3.5")
        folder = "/tmp/rekindle-bad-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        snapshot = "\(folder)/good.db"
        try lab.script("load", ["1"])
        try lab.script("snapshot", [snapshot])
        inventoryText = try String(contentsOfFile: lab.inventory, encoding: .utf8)
        knownHosts = try lab.value("LAB_KNOWN_HOSTS")
        addresses = try (1...3).map { [lab] in try lab.value("LAB_IP_\($0)") }
    }

    func down() throws {
        try? FileManager.default.removeItem(atPath: folder)
        try lab.down()
    }

    /// A path in the scratch folder that nothing has yet.
    func path(_ name: String) -> String {
        "\(folder)/\(files.add(1, ordering: .relaxed).newValue)-\(name)"
    }

    func write(_ bytes: Data, _ name: String, mode: Int = 0o600) throws -> String {
        let path = path(name)
        try bytes.write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    func write(_ text: String, _ name: String, mode: Int = 0o600) throws -> String {
        try write(Data(text.utf8), name, mode: mode)
    }

    func makeFolder(_ name: String, mode: Int = 0o700) throws -> String {
        let path = path(name)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: mode]
        )
        // the umask had its say
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    /// The lab's inventory with one text put in the place of another.
    func inventory(_ old: String, _ new: String) throws -> String {
        try write(inventoryText.swapping(old, new), "inventory.yaml")
    }

    /// The lab's inventory with something more on one member's line, such as `etcd: {…}`.
    func inventory(member: Int, adding settings: String) throws -> String {
        let line = try #require(
            inventoryText.split(separator: "\n").first { $0.contains("name: etcd-\(member),") }
        )
        return try inventory(String(line), "\(line.dropLast()), \(settings)}")
    }

    /// A plan of this cluster and the good snapshot, made once.
    func plan() throws -> String {
        if let plan = madePlan.withLock({ $0 }) { return plan }
        let path = path("plan.json")
        let result = try rekindle([
            "plan", "-i", lab.inventory, "--snapshot", snapshot, "--format", "json", "--out", path,
        ])
        try #require(result.status == 0, "\(result.errorText)")
        madePlan.withLock { $0 = path }
        return path
    }

    func rekindle(_ arguments: [String]) throws -> Program.Result {
        try start(arguments).finish()
    }

    /// Starts the program with nothing of this machine's user in its way, for a minute at most.
    func start(
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = ""
    ) throws -> Program.Running {
        try Program.start(
            "\(Lab.root)/lab/run",
            [
                "--lab", lab.name, "timeout", "60", "env", "-u", "SSH_AUTH_SOCK", "-u",
                "REKINDLE_INVENTORY", "-C", folder, Rekindle.path,
            ] + arguments,
            environment: ["LC_ALL": "C.UTF-8", "NO_COLOR": "1"].merging(environment) { $1 },
            input: input
        )
    }

    // MARK: what is on the hosts

    /// What a command could have changed on each host, line by line; all hosts at once.
    func look() throws -> [String] {
        try (1...3).map { member in
            try Program.start(
                "/usr/bin/timeout",
                ["60", "\(Lab.root)/lab/fs-fingerprint", "--lab", lab.name, String(member)]
            )
        }
        .map { running in
            let result = try running.finish()
            try #require(result.status == 0, "\(result.errorText)")
            // sudo notes there whom it has refused
            return result.outputText.split(separator: "\n")
                .filter { !$0.hasPrefix("/run/sudo") }.joined(separator: "\n")
        }
    }

    /// The last look at hosts that nobody has touched since.
    func sharedLook() throws -> [String] {
        if let look = looks.withLock({ $0 }) { return look }
        let look = try look()
        looks.withLock { $0 = look }
        return look
    }

    var lastLook: [String]? { looks.withLock { $0 } }

    /// After a test itself has changed a host.
    func forgetLook() { looks.withLock { $0 = nil } }
}

/// Boots the lab for the suite and takes it down again, however the suite ends.
struct WithBench: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let bench = try Bench()
        let result: Result<Void, any Error>
        do {
            result = .success(try await Bench.$current.withValue(bench) { try await function() })
        } catch {
            result = .failure(error)
        }
        if let before = bench.lastLook {
            #expect(try before == bench.look(), "a case changed a host, and no look told which")
        }
        try bench.down()
        try result.get()
    }
}

extension String {
    /// With the first occurrence exchanged; a text that is not there is the test's own mistake.
    func swapping(_ old: String, _ new: String) throws -> String {
        let found = try #require(firstRange(of: old), "\(old) is not in the text")
        return replacingCharacters(in: found, with: new)
    }

    /// `line:column` of a text in this one, as messages count.
    func place(of text: String) throws -> String {
        let found = try #require(firstRange(of: text), "\(text) is not in the text")
        let before = self[..<found.lowerBound]
        let line = before.count { $0 == "\n" } + 1
        let column = before.reversed().prefix { $0 != "\n" }.count + 1
        return "\(line):\(column)"
    }
}
