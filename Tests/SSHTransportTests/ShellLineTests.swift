import RemoteHost
import Testing

@Suite("The line that the login shell gets")
struct ShellLineTests {
    @Test(
        "a word means itself to every shell that is here",
        arguments: [
            "", "plain", "a b", "it's", "''", "$HOME", "`id`", "$(id)", "\\", "\\\\", "\\'",
            "'\\''",
            "a\\\\b", "\\n", "\"", "*", "?", "[a]", "~", "a\nb", "\t", "#", "!", "&", ";", "|", "<",
            ">", "{a,b}", "é", "-n", "--", "a=b", "%s",
        ]
    )
    func quoting(_ word: String) throws {
        for shell in ["/bin/sh", "/bin/bash", "/bin/dash"] + OtherShell.fish.paths {
            let line = "printf %s. \(ShellQuoting.quotedForLoginShell(word))"
            #expect(try Tool.run(shell, "-c", line) == word + ".", "\(shell)")
        }
    }

    @Test("plain words stay as a person would write them")
    func plain() {
        let command = RemoteCommand(["systemctl", "stop", "etcd@member-1.service"])
        #expect(command.shellLine(become: .none) == "systemctl stop etcd@member-1.service")
    }

    @Test("sudo stands in front of a privileged command only")
    func sudo() {
        let privileged = RemoteCommand(["id"])
        let ordinary = RemoteCommand(["id"], isPrivileged: false)
        #expect(privileged.shellLine(become: .sudo) == "sudo -n -- id")
        #expect(privileged.shellLine(become: .none) == "id")
        #expect(ordinary.shellLine(become: .sudo) == "id")
    }

    @Test("a secret is in the line and not in the description")
    func secret() {
        var command = RemoteCommand(["login", "--token"])
        command.words.append(.secret("s3cret"))
        #expect(command.shellLine(become: .none) == "login --token s3cret")
        #expect(command.description == "login --token '***'")
    }
}
