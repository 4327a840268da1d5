import Testing

@testable import SSHTransport

@Suite("What is said to sudo before a command")
struct SudoDialogueTests {
    private static let prompt = "rekindle-ff-password:"
    private static let mark = "rekindle-ff-begins\n"

    /// What each piece of standard error led to.
    private func moves(_ pieces: String...) -> [SudoDialogue.Move] {
        var dialogue = SudoDialogue(nonce: 0xff)
        return pieces.map { dialogue.hear(Array($0.utf8)[...]) }
    }

    @Test("the password is sent once sudo asks, and the input once the command has begun")
    func asked() {
        #expect(
            moves("We trust you have received\nthe usual lecture\n", Self.prompt, Self.mark)
                == [.listen, .answer, .begin([])]
        )
    }

    @Test("it is not sent where sudo does not ask")
    func notAsked() {
        #expect(moves(Self.mark + "own") == [.begin(Array("own".utf8))])
    }

    @Test("question and mark are known however they are cut into pieces")
    func pieces() {
        #expect(
            moves("rekindle-ff-pass", "word:", "\nrekindle-ff-be", "gins", "\nx")
                == [.listen, .answer, .listen, .listen, .begin([UInt8(ascii: "x")])]
        )
    }

    @Test("a second question is an end, and what sudo said of the answer is told")
    func refused() {
        #expect(
            moves(Self.prompt, "\nSorry, try again.\n" + Self.prompt)
                == [.answer, .refused("Sorry, try again.")]
        )
    }

    @Test("a question of another conversation is none")
    func foreign() {
        #expect(moves("rekindle-fe-password:") == [.listen])
        #expect(moves("[sudo] password for ops:") == [.listen])
    }

    @Test("what sudo said is left where the command never began, without the question")
    func rest() {
        var dialogue = SudoDialogue(nonce: 0xff)
        _ = dialogue.hear(Array("\(Self.prompt)\nops is not in the sudoers file.\n".utf8)[...])
        #expect(
            String(decoding: dialogue.rest, as: UTF8.self) == "\nops is not in the sudoers file.\n"
        )
    }

    @Test("the password is no part of the line, and every line has another question")
    func line() {
        let line = SudoDialogue(nonce: 0xff).line(around: "'sh' '-c' 'true'")
        #expect(
            line == "sudo -S -p rekindle-ff-password: -- sh -c 'echo \"$0\" >&2; exec \"$@\"' "
                + "rekindle-ff-begins 'sh' '-c' 'true'"
        )
        #expect(SudoDialogue().line(around: "x") != SudoDialogue().line(around: "x"))
    }
}
