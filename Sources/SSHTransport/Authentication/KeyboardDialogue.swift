/// What is said to a server that asks questions (keyboard-interactive), as far as a password answers
/// them.
///
/// It holds no secret: it only says where the password belongs.
struct KeyboardDialogue {
    struct Prompt {
        var text: String
        /// Whether what is typed is shown: no password is asked for so.
        var echoes: Bool
    }

    enum Move: Equatable {
        /// It only tells something, and wants an answer without words.
        case answerNothing
        case answerPassword
        case refuse(Refusal)
    }

    /// Questions that a password is no answer to.
    struct Refusal: Equatable {
        /// As a person may see them.
        var prompts: [String]
        /// What the server said before and beside them.
        var said: [String]
        /// Whether the password was given already.
        var isAgain: Bool
    }

    /// What the server said that was no question.
    private(set) var said: [String] = []
    private(set) var hasAsked = false
    private(set) var hasGivenPassword = false

    mutating func hear(name: String, instruction: String, prompts: [Prompt]) -> Move {
        said += [name, instruction].map(Self.visible).filter { !$0.isEmpty }
        guard !prompts.isEmpty else { return .answerNothing }
        hasAsked = true
        guard prompts.count == 1, !prompts[0].echoes, !hasGivenPassword else {
            return .refuse(
                Refusal(
                    prompts: prompts.map { Self.visible($0.text) },
                    said: said,
                    isAgain: hasGivenPassword
                )
            )
        }
        hasGivenPassword = true
        return .answerPassword
    }

    /// One line without anything that a terminal would act on, and not too long for a message.
    static func visible(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
                .unassigned:
                " "
            default: Character(scalar)
            }
        }
        let line = String(scalars).split(separator: " ").joined(separator: " ")
        return line.count > 300 ? line.prefix(299) + "…" : line
    }
}
