import CLibSSH2
import Glibc

extension Session {
    enum PasswordAnswer {
        case accepted
        case refused
        /// The server wants another password before it lets anybody in.
        case expired
        /// The server asked something else.
        case questions(KeyboardDialogue.Refusal)
        /// It asked nothing at all, and refused.
        case unasked
    }

    /// Sends a password by the method `password`.
    func authenticate(
        _ user: String,
        password: String,
        _ deadline: Deadline
    ) throws(SSHError) -> PasswordAnswer {
        let operation = "sending the password"
        beginWaiting()
        while true {
            let code = inspect { session in
                unsafe libssh2_userauth_password_ex(
                    session,
                    user,
                    UInt32(user.utf8.count),
                    password,
                    UInt32(password.utf8.count),
                    nil
                )
            }
            wire.flush()
            switch code {
            case 0: return .accepted
            case LIBSSH2_ERROR_AUTHENTICATION_FAILED where wire.ending == nil: return .refused
            case LIBSSH2_ERROR_PASSWORD_EXPIRED where wire.ending == nil: return .expired
            default: _ = try check(Int(code), operation)
            }
            try wait(operation, deadline)
        }
    }

    /// Answers the server's questions (keyboard-interactive) with a password, where it asks for one
    /// and for nothing else.
    ///
    /// `isSent` is set once libssh2 has been given it.
    func authenticate(
        _ user: String,
        answering password: String,
        _ deadline: Deadline,
        isSent: inout Bool
    ) throws(SSHError) -> PasswordAnswer {
        let operation = "answering the server's questions"
        let exchange = KeyboardExchange(password)
        wire.keyboard = exchange
        defer { wire.keyboard = nil }
        beginWaiting()
        while true {
            let code = inspect { session in
                unsafe libssh2_userauth_keyboard_interactive_ex(
                    session,
                    user,
                    UInt32(user.utf8.count),
                    KeyboardExchange.callback
                )
            }
            isSent = exchange.dialogue.hasGivenPassword
            if let refusal = exchange.refusal { return .questions(refusal) }
            wire.flush()
            switch code {
            case 0: return .accepted
            case LIBSSH2_ERROR_AUTHENTICATION_FAILED where wire.ending == nil:
                return exchange.dialogue.hasAsked ? .refused : .unasked
            default: _ = try check(Int(code), operation)
            }
            try wait(operation, deadline)
        }
    }
}

/// What libssh2's callback and the caller tell each other.
final class KeyboardExchange {
    private let password: String
    private(set) var dialogue = KeyboardDialogue()
    /// Set once there was a question that is not answered; the wire has then ended.
    private(set) var refusal: KeyboardDialogue.Refusal?

    init(_ password: String) {
        self.password = password
    }

    /// - Returns: the one answer; nil for none.
    private func answer(
        name: String,
        instruction: String,
        prompts: [KeyboardDialogue.Prompt]
    ) -> String? {
        switch dialogue.hear(name: name, instruction: instruction, prompts: prompts) {
        case .answerNothing: return nil
        case .answerPassword: return password
        case .refuse(let refusal):
            self.refusal = refusal
            return nil
        }
    }

    static let callback: rekindle_keyboard_callback = {
        name,
        nameCount,
        instruction,
        instructionCount,
        count,
        prompts,
        responses,
        context in
        guard let pointer = unsafe context?.pointee else { return }
        let wire = unsafe Unmanaged<Wire>.fromOpaque(pointer).takeUnretainedValue()
        guard let exchange = wire.keyboard else { return }
        func text(_ start: UnsafeRawPointer?, _ count: Int) -> String {
            unsafe String(
                decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count),
                as: UTF8.self
            )
        }
        let asked = unsafe UnsafeBufferPointer(start: prompts, count: Int(count)).map { prompt in
            KeyboardDialogue.Prompt(
                text: unsafe text(prompt.text, Int(prompt.length)),
                echoes: unsafe prompt.echo != 0
            )
        }
        let answer = exchange.answer(
            name: unsafe text(name, Int(nameCount)),
            instruction: unsafe text(instruction, Int(instructionCount)),
            prompts: asked
        )
        // libssh2 would send empty answers, which the server counts as a failure
        if exchange.refusal != nil { return wire.end("the server's questions are not answered") }
        guard let answer, count == 1 else { return }
        // libssh2 frees it with its allocator, which is the C library's
        let bytes = Array(answer.utf8)
        guard let copy = unsafe malloc(max(1, bytes.count)) else { return }
        unsafe copy.copyMemory(from: bytes, byteCount: bytes.count)
        unsafe responses?.pointee.text = copy.assumingMemoryBound(to: CChar.self)
        unsafe responses?.pointee.length = UInt32(bytes.count)
    }
}
