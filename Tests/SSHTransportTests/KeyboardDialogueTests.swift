import Testing

@testable import SSHTransport

@Suite("Which of a server's questions a password answers")
struct KeyboardDialogueTests {
    private typealias Prompt = KeyboardDialogue.Prompt

    private static let password = Prompt(text: "Password: ", echoes: false)

    @Test("one question whose answer is not shown gets it, whatever its words")
    func one() {
        for text in ["Password: ", "ops@host's passphrase", "Kennwort:", ""] {
            var dialogue = KeyboardDialogue()
            let prompts = [Prompt(text: text, echoes: false)]
            #expect(dialogue.hear(name: "", instruction: "", prompts: prompts) == .answerPassword)
            #expect(dialogue.hasAsked && dialogue.hasGivenPassword)
        }
    }

    @Test("a request without questions is answered with nothing, and was no question")
    func nothing() {
        var dialogue = KeyboardDialogue()
        #expect(
            dialogue.hear(name: "PAM", instruction: "Welcome.\n", prompts: []) == .answerNothing
        )
        #expect(!dialogue.hasAsked && !dialogue.hasGivenPassword)
        #expect(
            dialogue.hear(name: "", instruction: "", prompts: [Self.password]) == .answerPassword
        )
        #expect(dialogue.said == ["PAM", "Welcome."])
        #expect(dialogue.hear(name: "", instruction: "", prompts: []) == .answerNothing)
    }

    @Test("two questions at once are refused with both, as no password is a one-time code")
    func two() {
        var dialogue = KeyboardDialogue()
        let code = Prompt(text: "Verification code: ", echoes: false)
        let move = dialogue.hear(name: "", instruction: "Two", prompts: [Self.password, code])
        #expect(
            move
                == .refuse(
                    KeyboardDialogue.Refusal(
                        prompts: ["Password:", "Verification code:"],
                        said: ["Two"],
                        isAgain: false
                    )
                )
        )
        #expect(!dialogue.hasGivenPassword)
    }

    @Test("a question whose answer is shown asks for no password")
    func echoed() {
        var dialogue = KeyboardDialogue()
        let prompts = [Prompt(text: "Login: ", echoes: true)]
        guard case .refuse(let refusal) = dialogue.hear(name: "", instruction: "", prompts: prompts)
        else {
            Issue.record("it was answered")
            return
        }
        #expect(refusal.prompts == ["Login:"] && !refusal.isAgain)
    }

    @Test("a second question is refused: a new password or a code, and never the same once more")
    func again() {
        var dialogue = KeyboardDialogue()
        _ = dialogue.hear(name: "", instruction: "", prompts: [Self.password])
        let new = [Prompt(text: "New password: ", echoes: false)]
        guard
            case .refuse(let refusal) = dialogue.hear(
                name: "",
                instruction: "You are required to change your password",
                prompts: new
            )
        else {
            Issue.record("it was answered")
            return
        }
        #expect(refusal.isAgain && refusal.prompts == ["New password:"])
        #expect(refusal.said == ["You are required to change your password"])
    }

    @Test("what a server asks is shown on one line, without what a terminal would act on")
    func visible() {
        #expect(
            KeyboardDialogue.visible("\u{1B}[31mCode\u{202E}\r\n for\t\u{7}you: ")
                == "[31mCode for you:"
        )
        #expect(KeyboardDialogue.visible(String(repeating: "x", count: 5000)).count == 300)
    }
}
