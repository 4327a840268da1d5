import RemoteHost
import TestSupport
import Testing

@Suite("Quoting for a shell")
struct ShellQuotingTests {
    @Test("gives every word back as it was, through sh", arguments: ["/bin/sh", "/bin/bash"])
    func roundTrip(shell: String) throws {
        let words = Self.nastyWords
        #expect(words.count >= 200)
        let line = words.map(ShellQuoting.quoted).joined(separator: " ")
        let result = try ShellProcess("printf '%s\\0' \(line)", shell: shell).finish()
        #expect(result.status == 0, "\(result.errorText)")
        let got = result.output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        #expect(got.count == words.count)
        for (word, bytes) in zip(words, got) { #expect(Array(word.utf8) == Array(bytes)) }
    }

    @Test("gives a line in a line in a line back as it was")
    func nested() throws {
        for word in Self.nastyWords {
            var line = "printf %s \(ShellQuoting.quoted(word))"
            for _ in 0..<2 { line = "sh -c \(ShellQuoting.quoted(line))" }
            let result = try ShellProcess(line).finish()
            #expect(result.output == Array(word.utf8))
        }
    }

    @Test(
        "leaves alone what needs no quotes",
        arguments: ["a", "/var/lib/etcd", "--name=x", "a,b", "user@host:22", "100%", "a+b"]
    )
    func plain(word: String) {
        #expect(ShellQuoting.quoted(word) == word)
    }

    @Test("an empty word stays a word")
    func empty() {
        #expect(ShellQuoting.quoted("") == "''")
    }

    /// Every character that a shell gives a meaning, alone, doubled, at both ends, and in company.
    static let nastyWords: [String] = {
        let characters =
            Array("'\"\\$`!*?[]{}()<>|&;#~=%^ \t\n\r").map(String.init)
            + ["\u{1}", "\u{1B}", "\u{7F}", "é", "日本", "👩‍🚀", "\u{202E}", "\u{A0}"]
        var words = ["", "-", "--", "-n", "-e", "~", "~root", "$HOME", "${PATH}", "$(id)", "`id`"]
        words += ["a'b'c", "''", "'\\''", "\\'", "$'x'", "!!", "{a,b}", "[a-z]*", "x=y", "\\n"]
        for character in characters {
            // with a combining mark, or a joiner, behind it, it is another Character
            words += ["a\(character)\u{301}", "\(character)\u{200D}; id #"]
            words += [
                character, character + character, "a\(character)", "\(character)b",
                "a\(character)b", "'\(character)'",
            ]
        }
        return words
    }()
}
