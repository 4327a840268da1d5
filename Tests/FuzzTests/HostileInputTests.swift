import ClusterInventory
import EtcdModel
import Foundation
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport
import Testing

@testable import SSHTransport

/// What random changes seldom find: inputs whose reading would take for ever, or all memory.
@Suite("Fuzz: inputs that are made to exhaust a reader", .timeLimit(.minutes(5)))
struct HostileInputTests {
    /// Named, as the texts are too long for the output of the tests.
    struct Input: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var testDescription: String { name }

        init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    private static func many(_ text: String, _ count: Int = 20_000) -> String {
        String(repeating: text, count: count)
    }

    static let yaml: [Input] = [
        Input("flow sequences", many("[")), Input("flow mappings", many("{")),
        Input("flow mappings with keys", many("{a: ")), Input("block sequences", many("- ")),
        Input("explicit keys", many("? ")), Input("anchors", many("&a ")),
        Input("tags", many("! ")),
        Input("block mappings", (0..<400).map { many(" ", $0) + "a:\n" }.joined()),
        Input("a number without an end", "cluster: {name: \(many("9"))}"),
        Input("a line without an end", many("a", 1 << 17)),
        Input("repeated keys", many("a: 1\n", 2000)),
        Input("unknown keys", (0..<4000).map { "k\($0): 1\n" }.joined()),
        Input("control characters", many("\u{1}", 1 << 17)),
        Input("aliases as keys", aliasesAsKeys),
        Input(
            "aliases in many places",
            "a: &a [\(many("x,", 1000))]\n" + (0..<2000).map { "k\($0): *a\n" }.joined()
        ),
        Input("an alias of itself", "a: &a [*a]"), Input("a merge of itself", "a: &a\n  <<: *a\n"),
        Input("documents", many("---\n")), Input("directives", many("%YAML 1.1\n", 5000)),
        Input("quotes", many("\"")), Input("comments", many("#\n", 20_000)),
    ]

    private static let aliasesAsKeys =
        "a0: &a0 [x]\n"
        + (1...30).map { "a\($0): &a\($0) {? [*a\($0 - 1), *a\($0 - 1)] : 1, ? *a\($0 - 1) : 2}\n" }
        .joined()

    @Test("YAML: is refused soon, and with few words", arguments: yaml)
    func hostileYAML(_ input: Input) throws {
        let bytes = Array(input.text.utf8)
        let (inventory, diagnostics) = InventoryReader.read(
            bytes,
            file: "f",
            surroundings: Surroundings(user: "ops", home: "/home/ops", folder: "/etc")
        )
        #expect(inventory == nil)
        #expect((1...1001).contains(diagnostics.count), "\(diagnostics.count) findings")
        let (playbook, more) = PlaybookReader.read(bytes, file: "f")
        #expect(playbook == nil)
        #expect((1...1001).contains(more.count), "\(more.count) findings")
    }

    static let json: [Input] = [
        Input("arrays", many("[")), Input("closed arrays", many("[") + many("]")),
        Input("objects", many("{\"a\":")), Input("a number", many("9", 1 << 17)),
        Input("a text", "\"" + many("a", 1 << 17) + "\""),
        Input("escapes", "\"" + many("\\ud800") + "\""),
        Input("an array of numbers", "[" + many("1,") + "1]"),
        Input("a key a thousand times", "{" + many("\"version\":1,", 1000) + "\"version\":1}"),
    ]

    @Test("JSON: is refused soon", arguments: json)
    func hostileJSON(_ input: Input) throws {
        let bytes = Array(input.text.utf8)
        #expect(throws: Diagnostic.self) { _ = try PlanJSON.decode(bytes, file: "f") }
        #expect(EndpointStatus.single(bytes) == nil)
        #expect(EndpointHashKV.single(bytes) == nil)
        #expect(AlarmList.names(bytes) == nil)
        let wrapped = Array("[{\"Status\":\(input.text)}]".utf8)
        #expect(EndpointStatus.single(wrapped) == nil)
        let journal = Array((input.text + "\n" + input.text + "\n").utf8)
        #expect(JournalReader.salvage(journal, as: RunEvent.self).contents == nil)
    }

    @Test("known_hosts: stars do not multiply the work")
    func globs() {
        let pattern = Self.many("*a", 20_000) + "b"
        var hosts = KnownHosts()
        var key = WireWriter()
        key.string(Array("ssh-ed25519".utf8))
        key.string(Array(1...32))
        hosts.read("\(pattern) ssh-ed25519 \(Base64.encode(key.bytes))\n", file: "f")
        #expect(hosts.entries.count == 1)
        #expect(hosts.keyTypes(of: Self.many("a", 20_000), port: 22) == [])
    }

    @Test("a key file or known_hosts of gigabytes is not read into memory")
    func largeFile() throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-large-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data().write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        // no disk is used for it
        #expect(truncate(path, 8 << 30) == 0)
        #expect(throws: TextFile.Unreadable.self) { _ = try TextFile(path: path) }
        #expect(throws: KeyFileProblem.self) { _ = try PrivateKeyFile(path: path) }
    }

    @Test("a private key that asks for years of work is refused")
    func rounds() throws {
        var options = WireWriter()
        options.string(Array(1...16))
        options.uint32(.max)
        var file = WireWriter()
        for text in ["aes256-ctr", "bcrypt"] { file.string(Array(text.utf8)) }
        file.string(options.bytes)
        file.uint32(1)
        file.string([1])
        file.string(Array(repeating: 0, count: 64))
        let body = Base64.encode(Array("openssh-key-v1\0".utf8) + file.bytes)
        let key = try OpenSSHPrivateKey(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----\n"
        )
        #expect(throws: KeyFileProblem.self) { _ = try key.unlocked(with: "secret") }
    }
}
