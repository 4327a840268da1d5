import FoundationEssentials
import Glibc
import RemoteHost
import SSHTransport

/// The outside as the commands see it.
struct World: Sendable {
    var environment: [String: String]
    var user: String
    var home: String
    var hostname: String
    var process: Int32
    var outputIsTerminal: Bool
    var errorIsTerminal: Bool
    var inputIsTerminal: Bool

    static func real() -> World {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let account = getpwuid(getuid())?.pointee
        let environment = ProcessInfo.processInfo.environment
        return World(
            environment: environment,
            user: account.map { String(cString: $0.pw_name) } ?? "uid \(getuid())",
            home: environment["HOME"] ?? account.map { String(cString: $0.pw_dir) } ?? "/",
            hostname: String(
                decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
                as: UTF8.self
            ),
            process: getpid(),
            outputIsTerminal: isatty(STDOUT_FILENO) == 1,
            errorIsTerminal: isatty(STDERR_FILENO) == 1,
            inputIsTerminal: isatty(STDIN_FILENO) == 1
        )
    }

    var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func write(_ text: String) { Self.put(text, to: STDOUT_FILENO) }
    func say(_ text: String) { Self.put(text + "\n", to: STDERR_FILENO) }

    /// Replaces the terminal's current line (ECMA-48, erase in line).
    func sayInPlace(_ text: String) { Self.put("\r\u{1B}[K" + text, to: STDERR_FILENO) }

    /// A reader that went away (`| head`) is no reason to stop a restore.
    private static func put(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
