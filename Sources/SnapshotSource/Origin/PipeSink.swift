import Glibc
import RemoteHost
import Synchronization

/// Puts a remote command's output into a pipe, as fast as it is read.
final class PipeSink: ByteSink {
    private let end: Mutex<Descriptor?>
    private let patience: Patience
    private let isAbandoned = Atomic(false)
    private let refused = Atomic(false)

    /// A sink, and where its bytes come out.
    ///
    /// Nobody but the sink has the other end: the reader sees an end once it is closed.
    static func pipe(_ patience: Patience) throws(SourceFailure) -> (Descriptor, PipeSink) {
        let ends = try Descriptor.pipe()
        return (ends.read, PipeSink(ends.write, patience))
    }

    private init(_ end: Descriptor, _ patience: Patience) {
        self.end = Mutex(end)
        self.patience = patience
        _ = fcntl(end.number, F_SETFL, O_NONBLOCK)
    }

    /// Whether bytes came that nobody wanted any more: what failed then is no cause.
    var hasRefused: Bool { refused.load(ordering: .acquiring) }

    /// Nobody reads any more, for a reason of their own.
    func abandon() { isAbandoned.store(true, ordering: .releasing) }

    /// The reader sees the end once all is read.
    func close() { end.withLock { $0 = nil } }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let end = end.withLock({ $0 }) else { return }
        var rest = bytes
        let limit = ContinuousClock().now + patience.limit
        while !rest.isEmpty {
            if isAbandoned.load(ordering: .acquiring) { throw refusal() }
            let count = Glibc.write(end.number, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno == EAGAIN {
                try patience.check(limit, "what reads the snapshot")
                var waiting = [pollfd(fd: end.number, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&waiting, 1, 100)
            } else if errno != EINTR {
                throw refusal()
            }
        }
    }

    private func refusal() -> SourceFailure {
        refused.store(true, ordering: .releasing)
        return SourceFailure("nobody reads the snapshot any more", hint: "see what its reader said")
    }
}
