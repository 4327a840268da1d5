import ClusterInventory
import Foundation
import Glibc
import Testing

@testable import RekindleCommands

private let hasCurl = access("/usr/bin/curl", X_OK) == 0

@Suite("A webhook", .enabled(if: hasCurl, "curl is not installed"))
struct WebhookTests {
    init() {
        // as the program does: curl may end before it has read all
        signal(SIGPIPE, SIG_IGN)
    }

    @Test("gets the JSON once, with the secret as a bearer's")
    func once() async throws {
        let server = try WebhookServer(.status(204))
        defer { server.stop() }
        let json =
            "{\n  \"text\" : \"a \\\"quote\\\", a back\\\\slash, é, a tab\\t, @file, $HOME, #\"\n}\n"
        try await Self.webhook(server.url, .environment("S"), ["S": "bearer-KEY"]).send(json)
        let requests = server.requests
        #expect(requests.count == 1)
        let request = try #require(requests.first)
        #expect(request.line == "POST /hook/PATHKEY HTTP/1.1")
        #expect(request.body == json)
        #expect(request.headers["authorization"] == "Bearer bearer-KEY")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["user-agent"] == "rekindle/\(RekindleVersion.text)")
    }

    @Test("shows nothing secret among the processes")
    func hidden() async throws {
        let server = try WebhookServer(.status(200))
        defer { server.stop() }
        // other tests have a curl, too
        let mark = "OTHER=\(UUID().uuidString)"
        let variables = ["S": "bearer-KEY", "OTHER": String(mark.dropFirst("OTHER=".count))]
        try await Self.webhook(server.url, .environment("S"), variables).send(
            "{\"a\": \"BODYKEY\"}"
        )
        let shown = try #require(server.requests.first).programs
            .filter { $0.contains(mark) }
        #expect(shown.count == 1, "curl was not looked at")
        // what is looked at is what curl was given
        #expect(shown.joined().contains("--config"))
        for secret in ["KEY", "hook", "Bearer"] { #expect(!shown.joined().contains(secret)) }
    }

    @Test("takes the first line of a file for the secret")
    func file() async throws {
        let server = try WebhookServer(.status(200))
        defer { server.stop() }
        let file = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-secret-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(" from-file \r\nnot this\n".utf8).write(to: file)
        try await Self.webhook(server.url, .file(file.path)).send("{}")
        #expect(server.requests.first?.headers["authorization"] == "Bearer from-file")
    }

    @Test("is tried again where it may answer later", arguments: [429, 500, 503])
    func later(_ status: Int) async throws {
        let server = try WebhookServer(.status(status), .hangUp, .status(200))
        defer { server.stop() }
        try await Self.webhook(server.url, retries: 2).send("{}")
        #expect(server.requests.count == 3)
    }

    @Test("is given up after its retries, and told of")
    func givenUp() async throws {
        let server = try WebhookServer(.status(503))
        defer { server.stop() }
        let failure = await #expect(throws: NoticeFailure.self) {
            try await Self.webhook(server.url, retries: 2).send("{}")
        }
        #expect(server.requests.count == 3)
        #expect(
            failure?.fact
                == "http://127.0.0.1:\(server.port)/… did not take the notice: HTTP status 503 (3 tries)"
        )
    }

    @Test(
        "is not tried again where that changes nothing",
        arguments: [
            (400, "url"), (401, "secret"), (403, "secret"), (404, "url"), (302, "redirect"),
        ]
    )
    func refused(_ status: Int, _ word: String) async throws {
        let server = try WebhookServer(.status(status))
        defer { server.stop() }
        let failure = await #expect(throws: NoticeFailure.self) {
            try await Self.webhook(server.url, .environment("S"), ["S": "KEY"], retries: 5).send(
                "{}"
            )
        }
        #expect(server.requests.count == 1)
        let said = try #require(failure)
        #expect(said.fact.contains("HTTP status \(status)"))
        #expect((said.fact + said.hint).contains(word))
        #expect(!"\(said)".contains("KEY"))
    }

    @Test("that does not answer is left after the timeout, as often as it is tried")
    func timeout() async throws {
        let server = try WebhookServer(.silence)
        defer { server.stop() }
        let failure = await #expect(throws: NoticeFailure.self) {
            try await Self.webhook(server.url, timeout: .seconds(1), retries: 1).send("{}")
        }
        #expect(server.requests.count == 2)
        #expect(failure?.evidence.contains { $0.contains("(28)") } == true, "\(failure as Any)")
        #expect(failure?.hint.contains("firewall") == true)
    }

    @Test("that is not there is told with what curl said")
    func nobody() async throws {
        let server = try WebhookServer(.status(200))
        server.stop()
        while Self.answers(server.port) { usleep(1000) }
        let failure = await #expect(throws: NoticeFailure.self) {
            try await Self.webhook(server.url, retries: 1).send("{}")
        }
        #expect(failure?.fact.hasSuffix("(2 tries)") == true)
        #expect(failure?.evidence.contains { $0.contains("(7)") } == true, "\(failure as Any)")
        #expect(!"\(failure as Any)".contains("PATHKEY"))
    }

    @Test("that wants TLS and gets none is not tried again and again")
    func plain() async throws {
        let server = try WebhookServer(.status(200))
        defer { server.stop() }
        await #expect(throws: NoticeFailure.self) {
            let url = server.url.replacing("http://", with: "https://")
            try await Self.webhook(url, timeout: .seconds(1), retries: 0).send("{}")
        }
        #expect(server.requests.isEmpty)
    }

    @Test(
        "is sent nothing where its secret cannot be had",
        arguments: [
            (.environment("S"), [:], "$S, which has its secret, is not set"),
            (.environment("S"), ["S": ""], "$S holds no secret"),
            (.environment("S"), ["S": "KEY\r\nX: y"], ""),
            (.environment("S"), ["S": "KEY y"], "$S holds no secret"),
            (.environment("S"), ["S": "KEYé"], "$S holds no secret"),
            (.file("/nowhere/secret"), [:], "/nowhere/secret: no such file"),
        ] as [(NotifySettings.Secret, [String: String], String)]
    )
    func secret(_ place: NotifySettings.Secret, _ variables: [String: String], _ fact: String) {
        do {
            let read = try NoticeSecret.read(place, variables)
            // of more than one line the first is the secret
            #expect(read == "KEY" && fact.isEmpty)
        } catch {
            #expect(error.fact.contains(fact) && !fact.isEmpty, "\(error.fact)")
            #expect(!"\(error)".contains("KEY"))
            #expect(!error.isTransient)
        }
    }

    @Test("without curl says what to install")
    func noCurl() async {
        let failure = await #expect(throws: NoticeFailure.self) {
            try await Self.webhook("http://127.0.0.1:9", nil, ["PATH": "/nowhere"]).send("{}")
        }
        #expect(failure?.hint == "install it, as with `apt install curl`")
    }

    @Test(
        "is looked at by check: what a notice needs is there, or there is a warning",
        arguments: [
            ("/nowhere", "KEY", "warns", "needs the program curl"),
            ("/usr/bin", nil, "warns", "$S, which has its secret, is not set"),
            ("/usr/bin", "KEY", "holds", "https://h/…, by curl"),
        ] as [(String, String?, String, String)]
    )
    func check(_ path: String, _ secret: String?, _ verdict: String, _ saw: String) throws {
        let folder = try StateFolder([])
        // port 1 of this machine: nobody answers, and that takes no time
        let inventory = """
            cluster: {name: prod}
            ssh: {port: 1}
            members:
              - {name: a, host: 127.0.0.1, initial-advertise-peer-urls: [http://127.0.0.1:2380]}
            notify: {url: "https://h/PATHKEY", secret-env: S}
            """
        try folder.write(Array(inventory.utf8), to: "\(folder.path)/inventory.yaml")
        var environment = ["PATH": path, "HOME": folder.path]
        environment["S"] = secret
        let result = try BuiltProgram.run(
            ["check", "--output", "json"],
            environment: environment,
            in: folder.path
        )
        #expect(result.status == 3, "\(result.error)")
        #expect(!(result.output + result.error).contains("KEY"))
        let read = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let checks = (read as? [String: Any])?["checks"] as? [[String: Any]]
        let check = try #require(checks?.first { $0["name"] as? String == "notify" })
        #expect(check["verdict"] as? String == verdict)
        #expect((check["saw"] as? String)?.contains(saw) == true, "\(check)")
    }

    private static func webhook(
        _ url: String,
        _ secret: NotifySettings.Secret? = nil,
        _ variables: [String: String] = [:],
        timeout: Duration = .seconds(30),
        retries: Int = 0
    ) -> Webhook {
        Webhook(
            NotifySettings(url: url, secret: secret, timeout: timeout, retries: retries),
            environment: ["PATH": "/usr/bin:/bin"].merging(variables) { $1 },
            firstPause: .milliseconds(1)
        )
    }

    private static func answers(_ port: UInt16) -> Bool {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
