import EtcdModel
import Testing

@Suite("The version of etcd")
struct EtcdVersionTests {
    @Test(
        "is read from what the tools print",
        arguments: [
            ("etcdctl version: 3.4.23\nAPI version: 3.4\n", "3.4.23"),
            ("etcdutl version: 3.5.16\nAPI version: 3.5\n", "3.5.16"),
            ("etcd Version: 3.5.16\nGit SHA: Not provided\nGo Version: go1.24.4\n", "3.5.16"),
            ("etcd Version: 3.6.0-rc.1\r\nGit SHA: 1234567\r\n", "3.6.0"),
            ("etcdctl version: 3.5.16+git\n", "3.5.16"),
            ("{\"level\":\"warn\",\"msg\":\"x\"}\netcdctl version: 3.4.23\n", "3.4.23"),
        ]
    )
    func reads(output: String, version: String) {
        #expect(EtcdVersion(toolOutput: output)?.description == version)
    }

    @Test("is that of the recorded tools", arguments: ["3.4.23", "3.5.16"])
    func recorded(version: String) throws {
        let tools = version == "3.4.23" ? ["etcdctl"] : ["etcdctl", "etcdutl"]
        for tool in tools {
            let output = try Fixtures.text("tool-output/\(version)/\(tool)-version.txt")
            #expect(EtcdVersion(toolOutput: output)?.description == version)
        }
    }

    @Test(
        "is not guessed",
        arguments: [
            "", "\n", "-", "etcdctl version: -", "etcdctl version: 3.5", "etcdctl version: 3.5.",
            "etcdctl version: 3.5.x", "etcdctl version: 3.5.16.1", "etcdctl version: +3.5.16",
            "etcdctl version: 3.-5.16", "etcdctl version: 3..16", "3.5.16",
            "etcdctl version: 3.5.99999999999999999999", "API version: 3.5.16",
            "sh: 1: etcdctl: not found", "etcdctl version: ３.5.16",
        ]
    )
    func garbage(output: String) {
        #expect(EtcdVersion(toolOutput: output) == nil)
    }

    @Test("is ordered by its numbers, not by its text")
    func order() {
        let old = EtcdVersion(major: 3, minor: 5, patch: 9)
        let new = EtcdVersion(major: 3, minor: 5, patch: 16)
        #expect(old < new)
        #expect(new < EtcdVersion(major: 3, minor: 6, patch: 0))
        #expect(new < EtcdVersion(major: 4, minor: 0, patch: 0))
    }
}
