import Glibc
import RemoteHost
import SSHTransport
import Synchronization

/// How this process reaches hosts.
enum Connections {
    static func connector(world: World) -> any HostConnector {
        SSHConnector(
            settings: SSHConnector.Settings(
                agentSocket: world.environment["SSH_AUTH_SOCK"],
                ask: { question in
                    world.inputIsTerminal ? SecretPrompt.ask(question) : nil
                }
            )
        )
    }
}

/// Asks for a secret without showing it.
enum SecretPrompt {
    /// Two that ask at once would both restore what they found, and leave a terminal silent.
    private static let turn = Mutex(())

    static func ask(_ question: String) -> String? {
        turn.withLock { _ in answer(to: question) }
    }

    private static func answer(to question: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 1024)
        defer {
            buffer.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
            }
        }
        guard let terminal = fopen("/dev/tty", "r+") else { return nil }
        defer { fclose(terminal) }
        let descriptor = fileno(terminal)
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return nil }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        // silent before it asks: who types at once must not see, or lose, what was typed
        tcsetattr(descriptor, TCSAFLUSH, &silent)
        fputs("\(question): ", terminal)
        fflush(terminal)
        defer {
            tcsetattr(descriptor, TCSAFLUSH, &settings)
            fputs("\n", terminal)
        }
        guard fgets(&buffer, Int32(buffer.count), terminal) != nil else { return nil }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes.filter { $0 != 10 && $0 != 13 }, as: UTF8.self)
    }
}
