import Glibc

/// The bytes between libssh2 and the socket.
///
/// libssh2's own non-blocking output hangs when the server asks for new keys while a packet is half
/// sent (libssh2 issue 2110). Here its send callback always takes the whole packet, so libssh2 never
/// sees a short write; back-pressure is the caller's, by `isFull`.
final class Wire {
    private let socket: Socket
    private var pending: [UInt8] = []
    private var sent = 0
    /// Whether poll(2) said that there is something to read; no system call is made before.
    var isReadable = true
    /// Whether something came in, or a full wire got room, since it was last taken note of.
    private var hasMoved = false
    /// What ended it, in words; once set nothing is sent or received any more.
    private(set) var ending: String?
    /// The text of the server's SSH_MSG_DISCONNECT.
    var farewell: String?
    /// Who answers the server's questions; libssh2's callback finds it here.
    var keyboard: KeyboardExchange?
    /// The first bytes of both sides, until the key exchange has ended.
    private(set) var transcript: Transcript? = Transcript()

    struct Transcript {
        var sent: [UInt8] = []
        var received: [UInt8] = []
        /// Both versions and both offers fit many times over.
        static let limit = 64 << 10
    }

    /// The size of one write to the kernel: fewer, larger ones save a tenth of the time.
    private static let flushSize = 256 << 10

    init(_ socket: consuming Socket) {
        self.socket = socket
    }

    var descriptor: Int32 { socket.descriptor }
    var hasPending: Bool { sent < pending.count }
    /// Nothing more should be fed until the kernel has taken some.
    var isFull: Bool { pending.count - sent >= 2 * Self.flushSize }

    /// Whether something has changed since the last call that may let a call of libssh2 succeed now.
    func takeMovement() -> Bool {
        defer { hasMoved = false }
        return hasMoved
    }

    func endTranscript() {
        transcript = nil
    }

    /// Takes everything; says how much, or a negative errno.
    func accept(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard ending == nil else { return Int(-EPIPE) }
        if let room = transcript.map({ Transcript.limit - $0.sent.count }), room > 0 {
            unsafe transcript?.sent.append(contentsOf: bytes.prefix(room))
        }
        if sent >= Self.flushSize {
            pending.removeFirst(sent)
            sent = 0
        }
        unsafe pending.append(contentsOf: bytes)
        if pending.count - sent >= Self.flushSize { flush() }
        return bytes.count
    }

    /// Gives the kernel what it takes now.
    func flush() {
        let wasFull = isFull
        defer { if wasFull, !isFull { hasMoved = true } }
        while hasPending, ending == nil {
            let count = unsafe pending.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return unsafe send(
                    descriptor,
                    rest.baseAddress,
                    rest.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                end(systemError(errno).lowercased())
            }
        }
        if !hasPending {
            pending.removeAll(keepingCapacity: true)
            sent = 0
        }
    }

    /// Says how much was received, 0 at the end of the stream, or a negative errno.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard ending == nil else { return Int(-EPIPE) }
        guard isReadable else { return Int(-EAGAIN) }
        while true {
            let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                hasMoved = true
                if let room = transcript.map({ Transcript.limit - $0.received.count }), room > 0 {
                    unsafe transcript?.received.append(contentsOf: buffer.prefix(min(count, room)))
                }
                return count
            }
            if count == 0 {
                end(socket.tunnel?.reason ?? "the server closed it")
                return 0
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                isReadable = false
                return Int(-EAGAIN)
            case let code:
                end(systemError(code).lowercased())
                return Int(-code)
            }
        }
    }

    /// Nothing goes in or out from here on.
    func end(_ reason: String) {
        guard ending == nil else { return }
        ending = reason
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
