import CLinux
import Glibc

/// A file descriptor that is closed with its owner.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit { close(number) }

    /// The two ends of a pipe that no other program inherits.
    /// - Throws: `SourceFailure`, where this machine has no more of them.
    static func pipe() throws(SourceFailure) -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw SourceFailure(
                "this machine gives no pipe: \(SystemText.of(errno))",
                hint: "raise its limit of open files: `ulimit -n`"
            )
        }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    var isRegularFile: Bool { kind == S_IFREG }
    var isPipe: Bool { kind == S_IFIFO }

    private var kind: mode_t {
        var status = stat()
        return fstat(number, &status) == 0 ? status.st_mode & S_IFMT : 0
    }
}

/// What an `errno` means.
enum SystemText {
    static func of(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}
