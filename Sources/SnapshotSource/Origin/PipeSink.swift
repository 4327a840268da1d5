import Glibc
import RemoteHost
import Synchronization

/// Puts a remote command's output into a pipe, as fast as it is read.
final class PipeSink: ByteSink {
    private let end: Mutex<Descriptor?>
    private let patience: Patience
    private let broken = Atomic(false)

    init(_ end: Descriptor, _ patience: Patience) {
        self.end = Mutex(end)
        self.patience = patience
        _ = fcntl(end.number, F_SETFL, O_NONBLOCK)
    }

    /// Nobody reads any more, for a reason of their own.
    var isBroken: Bool { broken.load(ordering: .acquiring) }

    /// The reader sees the end once all is read.
    func close() { end.withLock { $0 = nil } }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let end = end.withLock({ $0 }) else { return }
        var rest = bytes
        let limit = ContinuousClock().now + patience.limit
        while !rest.isEmpty {
            let count = Glibc.write(end.number, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno == EAGAIN {
                try patience.check(limit, "what reads the snapshot")
                var waiting = [pollfd(fd: end.number, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&waiting, 1, 100)
            } else if errno != EINTR {
                broken.store(true, ordering: .releasing)
                throw SourceFailure("nobody reads the snapshot any more", hint: "")
            }
        }
    }
}
