import RemoteHost
import TestSupport
import Testing

@Suite("A secret that a command finds in a variable")
struct SecretVariableTests {
    private static let secret = SecretVariable(name: "THE_SECRET", file: "/nowhere")

    /// Every byte that a variable can hold, among them what shells use inside, and what a person types.
    static let passwords: [[UInt8]] =
        [
            Array("p:w \"ü x'$` \\n \\".utf8), Array(" leading and trailing ".utf8),
            Array("-n".utf8), Array("a".utf8), Array("ab".utf8), Array("abc".utf8),
            Array("\u{81}\u{88}\u{7F}\u{1}\r\t".utf8), Array("日本語 🔑".utf8),
            (1...255).filter { $0 != 10 },
        ]

    @Test("arrives as it is, byte for byte", arguments: passwords)
    func bytes(_ password: [UInt8]) throws {
        let command = RemoteCommand.script("printf '%s' \"$THE_SECRET\"", secret: Self.secret)
        let result = try ShellProcess(
            command.shellLine(become: .none),
            input: .bytes(SecretVariable.line(password))
        ).finish()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.output == password)
    }

    @Test("takes nothing of the input that follows it")
    func input() throws {
        let command = RemoteCommand.script(
            "printf '%s:' \"$THE_SECRET\" \"$1\"; cat",
            ["it's"],
            secret: Self.secret
        )
        let rest = Array("line\n\0\u{FF}more".utf8)
        let result = try ShellProcess(
            command.shellLine(become: .none),
            input: .bytes(SecretVariable.line(Array("pw".utf8)) + rest)
        ).finish()
        #expect(result.output == Array("pw:it's:".utf8) + rest)
    }

    @Test("is there for a command that ends with its connection, which reads nothing itself")
    func watched() throws {
        let command = RemoteCommand.script(
            "printf '%s' \"$THE_SECRET\"; cat",
            endsWithConnection: true,
            secret: Self.secret
        )
        let shell = try ShellProcess(
            "{ printf '%s' '\(String(decoding: SecretVariable.line(Array("pw".utf8)), as: UTF8.self))'; "
                + "sleep 2; } | { \(command.shellLine(become: .none)); }"
        )
        let result = try shell.finish()
        #expect(result.outputText == "pw")
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test("is part of no command's words, and a command that was sent none does nothing")
    func absent() throws {
        let command = RemoteCommand.script("echo done", secret: Self.secret)
        #expect(!command.description.contains("THE_SECRET"))
        let result = try ShellProcess(command.shellLine(become: .none)).finish()
        #expect(result.status == 64)
        #expect(result.outputText.isEmpty)
        #expect(result.errorText == "rekindle: no secret came for THE_SECRET\n")
    }

    @Test("is asked for as root, not before")
    func privileged() {
        let command = RemoteCommand(["id"], secret: Self.secret)
        #expect(command.shellLine(become: .sudo).hasPrefix("sudo -n -- sh -c "))
    }
}
