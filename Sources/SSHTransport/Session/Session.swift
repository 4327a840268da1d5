import CLibSSH2

/// libssh2's session and its wire, owned by one actor and never seen outside it.
///
/// Every call into libssh2 for a session goes through here, and so does every return code.
@safe
final class Session {
    private let raw: OpaquePointer
    let wire: Wire
    private let interrupt: Interrupt
    private let silenceLimit: Duration
    /// When the peer last gave a sign of life: a byte from it, or room for one more to it.
    private var lastLife = ContinuousClock.now
    var hasOpenedChannel = false
    /// The shortest time that the server took to open a channel, which is little more than the
    /// way there and back; through a bastion the kernel could not tell.
    private(set) var roundTrip: Duration?

    /// libssh2_init is not safe on two threads at once; a global `let` is made once.
    private static let libraryStatus = libssh2_init(0)

    init(
        _ socket: consuming Socket,
        interrupt: Interrupt,
        silenceLimit: Duration
    ) throws(SSHError) {
        guard Self.libraryStatus == 0 else { throw .local("libssh2_init failed") }
        let wire = Wire(socket)
        let context = unsafe Unmanaged.passUnretained(wire).toOpaque()
        guard let raw = unsafe libssh2_session_init_ex(nil, nil, nil, context) else {
            throw .local("libssh2 has no memory for a session")
        }
        unsafe self.raw = raw
        self.wire = wire
        self.interrupt = interrupt
        self.silenceLimit = silenceLimit
        unsafe SessionCallbacks.install(in: raw)
        unsafe libssh2_session_set_blocking(raw, 0)
    }

    deinit {
        // With the wire ended first, libssh2 has nothing to wait for and frees its channels too.
        wire.end("closed by this side")
        for _ in 0..<100 where unsafe libssh2_session_free(raw) != LIBSSH2_ERROR_EAGAIN { break }
    }

    func noteRoundTrip(_ length: Duration) {
        roundTrip = min(roundTrip ?? length, length)
    }

    /// From now on a silent peer is asked for a sign of life.
    ///
    /// Before authentication has ended such a packet would break the key exchange.
    func startKeepalive() {
        let interval = max(1, Int(silenceLimit / .seconds(3)))
        unsafe libssh2_keepalive_config(raw, 1, UInt32(interval))
    }

    /// Tells the server that this is the end, without waiting for more than the deadline.
    func sayGoodbye(_ deadline: Deadline) {
        // A server that does not hear it notices the closed connection.
        _ = try? complete("closing the connection", deadline) { raw in
            unsafe libssh2_session_disconnect_ex(raw, SSH_DISCONNECT_BY_APPLICATION, "done", "")
        }
    }

    // MARK: calls

    /// Looks at a return code.
    ///
    /// - Returns: nil where libssh2 has to wait for the peer.
    func check(_ code: Int, _ operation: String) throws(SSHError) -> Int? {
        if code == Int(LIBSSH2_ERROR_EAGAIN) { return nil }
        guard code < 0 else { return code }
        throw failure(Int32(code), operation)
    }

    /// Repeats a call until libssh2 need not wait.
    ///
    /// The session's pointer is valid for the call only, here and below.
    @safe
    @discardableResult
    func complete(
        _ operation: String,
        _ deadline: Deadline,
        _ call: (OpaquePointer) -> Int32
    ) throws(SSHError) -> Int {
        beginWaiting()
        while true {
            if let done = try check(Int(unsafe call(raw)), operation) {
                wire.flush()
                return done
            }
            try wait(operation, deadline)
        }
    }

    /// Repeats a call that makes a handle.
    @safe
    func make(
        _ operation: String,
        _ deadline: Deadline,
        _ call: (OpaquePointer) -> OpaquePointer?
    ) throws(SSHError) -> OpaquePointer {
        beginWaiting()
        while true {
            if let handle = unsafe call(raw) { return unsafe handle }
            _ = try check(Int(unsafe libssh2_session_last_errno(raw)), operation)
            try wait(operation, deadline)
        }
    }

    /// Asks libssh2 something that does no input or output.
    @safe
    func inspect<Value>(_ body: (OpaquePointer) -> Value) -> Value {
        unsafe body(raw)
    }

    private func failure(_ code: Int32, _ operation: String) -> SSHError {
        var text: UnsafeMutablePointer<CChar>?
        unsafe libssh2_session_last_error(raw, &text, nil, 0)
        let reason = unsafe text.map { unsafe String(cString: $0) } ?? "no reason given"
        // libssh2 words a lost connection in many ways, the wire in one.
        if let farewell = wire.farewell { return .disconnected(farewell, during: operation) }
        if let ending = wire.ending { return .disconnected(ending, during: operation) }
        return .library(operation, code: code, reason)
    }

    // MARK: waiting

    /// The peer owed nothing until now.
    func beginWaiting() {
        lastLife = .now
    }

    /// Sends what is pending, then sleeps until the peer has sent something, or has taken
    /// something where the wire was full.
    ///
    /// It does not sleep where that was since the last wait: of several calls each reads for all of
    /// them, and what the last one read may be what the first one waits for.
    func wait(_ operation: String, _ deadline: Deadline) throws(SSHError) {
        wire.flush()
        if wire.takeMovement() {
            try look(operation, deadline)
            return
        }
        while true {
            if let ending = wire.ending { throw .disconnected(ending, during: operation) }
            var secondsToNext: Int32 = 0
            unsafe libssh2_keepalive_send(raw, &secondsToNext)
            wire.flush()
            var until = min(deadline.end, lastLife.advanced(by: silenceLimit))
            if secondsToNext > 0 {
                until = min(until, .now.advanced(by: .seconds(Int(secondsToNext))))
            }
            if try look(operation, deadline, until: until) { return }
            if wire.takeMovement() { return }
        }
    }

    /// Sleeps until the peer or another descriptor is ready, whatever the interrupt says.
    ///
    /// - Throws: `.disconnected`, `.silent`.
    func wait(
        beside other: Int32,
        orWritable: Bool,
        orReadable: Bool,
        _ operation: String
    ) throws(SSHError) {
        wire.flush()
        if wire.takeMovement() { return }
        if let ending = wire.ending { throw .disconnected(ending, during: operation) }
        var secondsToNext: Int32 = 0
        unsafe libssh2_keepalive_send(raw, &secondsToNext)
        wire.flush()
        let own = Readiness.of(
            wire.descriptor,
            orWritable: wire.hasPending,
            beside: other,
            orWritable: orWritable,
            orReadable: orReadable,
            atMost: .seconds(max(1, Int(secondsToNext)))
        )
        if own.isReadable || own.isWritable { lastLife = .now }
        if own.isReadable { wire.isReadable = true }
        if own.isWritable { wire.flush() }
        let silence = ContinuousClock.now - lastLife
        if silence >= silenceLimit { throw .silent(operation, for: silence) }
    }

    /// Does nothing for a while, unless interrupted.
    func pause(
        _ duration: Duration,
        _ operation: String,
        _ deadline: Deadline
    ) throws(SSHError) {
        let end = min(ContinuousClock.now.advanced(by: duration), deadline.end)
        if Readiness.of(nil, interrupt: interrupt, until: end).isInterrupted {
            throw .cancelled(operation)
        }
    }

    /// Looks at the socket and the interrupt, and waits where it is told until when.
    ///
    /// - Returns: whether there is something to read.
    @discardableResult
    func look(
        _ operation: String,
        _ deadline: Deadline,
        until: ContinuousClock.Instant? = nil
    ) throws(SSHError) -> Bool {
        let readiness = Readiness.of(
            wire.descriptor,
            orWritable: wire.hasPending,
            interrupt: interrupt,
            until: until
        )
        if readiness.isInterrupted { throw .cancelled(operation) }
        if readiness.isReadable || readiness.isWritable { lastLife = .now }
        if readiness.isReadable { wire.isReadable = true }
        if readiness.isWritable { wire.flush() }
        if deadline.hasPassed { throw .timedOut(operation, after: deadline.limit) }
        let silence = ContinuousClock.now - lastLife
        if until != nil, silence >= silenceLimit { throw .silent(operation, for: silence) }
        return readiness.isReadable
    }
}
