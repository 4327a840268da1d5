import FoundationEssentials
import Glibc
import LocalTransport
import RemoteHost
import Testing

@testable import RekindleCommands

#if canImport(Foundation)
import Foundation
#endif

@Suite("A secret on its way to a command")
struct SecretConnectorTests {
    private let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.path + "/rekindle-secret-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func file(_ text: String, mode: mode_t = 0o600) throws -> String {
        try file(Array(text.utf8), mode: mode)
    }

    private func file(_ bytes: [UInt8], mode: mode_t = 0o600) throws -> String {
        let path = "\(folder)/\(UUID().uuidString)"
        try Data(bytes).write(to: URL(filePath: path))
        chmod(path, mode)
        return path
    }

    private func run(
        _ command: RemoteCommand,
        input: CommandInput = .none
    ) async throws -> CommandResult {
        let connector = SecretConnector(base: LocalConnector(), secrets: SecretFiles())
        let connection = try await connector.connect(
            to: HostEndpoint(host: "here", user: "nobody")
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await connection.run(command, input: input, limits: CommandLimits())
    }

    @Test("is read from its file and found in the variable, before the command's own input")
    func arrives() async throws {
        let secret = SecretVariable(name: "PW", file: try file("it's \"ü\" \n"))
        let result = try await run(
            .script(
                "printf '<%s>' \"$(printf %s \"$PW\" | od -An -tx1 | tr -d ' ')\"; cat",
                secret: secret
            ),
            input: .bytes(Array("rest".utf8))
        )
        #expect(result.outputText == "<6974277320 22c3bc2220>rest".filter { $0 != " " })
    }

    @Test("reaches a command that ends with its connection, and that is still ended with it")
    func watched() async throws {
        let secret = SecretVariable(name: "PW", file: try file("password"))
        let result = try await run(
            .script("[ \"$PW\" = password ] && echo same", endsWithConnection: true, secret: secret)
        )
        #expect(result.outputText == "same\n")
    }

    @Test("is masked in what a command says all the same")
    func masked() async throws {
        let secret = SecretVariable(name: "PW", file: try file("battery horse"))
        let result = try await run(
            .script("echo \"a $PW b $PW\"; echo \"$PW\" >&2", secret: secret)
        )
        #expect(result.outputText == "a *** b ***\n")
        #expect(result.errorText == "***\n")
    }

    @Test("a file that cannot be taken is an error with a hint, and nothing is run")
    func faults() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cases: [(String, String)] = [
            (try file("pw", mode: 0o644), "can be read by others (mode 644)"),
            (try file("pw", mode: 0o640), "can be read by others (mode 640)"),
            (try file(""), "is empty"), (try file("\n"), "is empty"),
            (try file("a\nb\n"), "has more than one line"),
            (try file([0x61, 0xFF]), "does not hold text in UTF-8"),
            (try file([0x61, 0, 0x62]), "does not hold text in UTF-8"),
            (try file(String(repeating: "x", count: 5000)), "has 5000 bytes"),
            ("\(folder)/none", "no such file or directory"), (folder, "is not a file"),
        ]
        for (path, said) in cases {
            let problem = #expect(throws: SecretFile.Problem.self) {
                _ = try SecretFile(path: path).read()
            }
            #expect(problem?.fact.contains(said) == true, "\(problem?.fact ?? "")")
            #expect(problem?.fact.contains(path) == true)
            #expect(problem?.hint.isEmpty == false)
        }
        let connector = SecretConnector(base: LocalConnector(), secrets: SecretFiles())
        let connection = try await connector.connect(to: HostEndpoint(host: "here", user: "x"))
        let mark = "\(folder)/ran"
        let failure = await #expect(throws: HostFailure.self) {
            _ = try await connection.run(
                .script(
                    "touch \"$1\"",
                    [mark],
                    secret: SecretVariable(name: "PW", file: "\(folder)/none")
                )
            )
        }
        #expect(failure?.isTransient == false)
        #expect(failure?.hint != nil)
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test("one line is taken whole, with and without its end")
    func lines() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for text in ["p w", " p:w\t", "ü'\"\\", "x\r"] {
            #expect(try SecretFile(path: file(text)).read() == Array(text.utf8))
            #expect(try SecretFile(path: file(text + "\n")).read() == Array(text.utf8))
        }
    }
}
