import CLibSSH2
import Glibc

/// Ends a wait from another thread: an eventfd that is polled beside the socket.
///
/// It stays raised until it is cleared, so a signal before the wait is not lost.
final class Interrupt: Sendable {
    let descriptor: Int32

    init() throws(SSHError) {
        descriptor = eventfd(0, REKINDLE_EVENTFD_FLAGS)
        guard descriptor >= 0 else { throw .local("eventfd: \(systemError(errno))") }
    }

    deinit { close(descriptor) }

    func raise() {
        var one: UInt64 = 1
        unsafe write(descriptor, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        unsafe read(descriptor, &count, 8)
    }

    var isRaised: Bool {
        Readiness.of(nil, interrupt: self, until: nil).isInterrupted
    }
}

/// The C library's words for an error number.
func systemError(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}
