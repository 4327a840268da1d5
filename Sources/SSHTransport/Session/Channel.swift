import CLibSSH2

/// One channel: a command, or a connection that the server makes for us.
@safe
struct Channel: ~Copyable {
    enum Stream: Int32 {
        case output = 0
        case error = 1
    }

    private let raw: OpaquePointer
    private let session: Session

    /// Opens a channel; a server that says no leaves the connection usable.
    ///
    /// sshd counts a channel for a moment after both sides have closed it, so where it allows only
    /// one (MaxSessions 1) the next may be refused at first.
    init(
        _ session: Session,
        _ deadline: Deadline,
        isPatient: Bool = true
    ) throws(SSHError) {
        var pauses =
            isPatient && session.hasOpenedChannel
            ? [10, 40, 150, 600].map(Duration.milliseconds) : []
        while true {
            do throws(SSHError) {
                let start = ContinuousClock.now
                unsafe raw = try Self.open(session, deadline)
                session.noteRoundTrip(ContinuousClock.now - start)
                break
            } catch .channelRefused where !pauses.isEmpty {
                try session.pause(pauses.removeFirst(), "opening a channel", deadline)
            }
        }
        session.hasOpenedChannel = true
        self.session = session
    }

    private static func open(
        _ session: Session,
        _ deadline: Deadline
    ) throws(SSHError) -> OpaquePointer {
        do throws(SSHError) {
            return try session.make("opening a channel", deadline) { session in
                unsafe libssh2_channel_open_ex(
                    session,
                    "session",
                    7,
                    REKINDLE_CHANNEL_WINDOW,
                    REKINDLE_CHANNEL_PACKET,
                    nil,
                    0
                )
            }
        } catch .library(_, LIBSSH2_ERROR_CHANNEL_FAILURE, let reason) {
            throw .channelRefused(reason)
        }
    }

    /// Has the server connect to a host and port, and carries that connection's bytes.
    ///
    /// - Throws: `.channelRefused` with the server's reason.
    init(_ session: Session, to host: String, port: UInt16, _ deadline: Deadline) throws(SSHError) {
        do throws(SSHError) {
            // who asks is told to the server, which only logs it (RFC 4254 §7.2)
            unsafe raw = try session.make("opening a way onwards", deadline) { session in
                unsafe libssh2_channel_direct_tcpip_ex(session, host, Int32(port), "127.0.0.1", 0)
            }
        } catch .library(_, LIBSSH2_ERROR_CHANNEL_FAILURE, let reason) {
            throw .channelRefused(reason)
        }
        self.session = session
    }

    deinit {
        // On a connection that is to be given up this may not finish; the session frees the rest.
        unsafe libssh2_channel_free(raw)
    }

    func execute(_ line: String, _ deadline: Deadline) throws(SSHError) {
        let count = UInt32(line.utf8.count)
        try session.complete("starting the command", deadline) { _ in
            unsafe libssh2_channel_process_startup(raw, "exec", 4, line, count)
        }
    }

    /// Starts a command without waiting for the server's word.
    ///
    /// - Returns: false where it has to be called again, with the same line.
    func tryExecute(_ line: String) throws(SSHError) -> Bool {
        let count = UInt32(line.utf8.count)
        let code = unsafe libssh2_channel_process_startup(raw, "exec", 4, line, count)
        return try session.check(Int(code), "starting the command") != nil
    }

    /// - Returns: how many bytes were taken; nil where the host takes none now.
    func write(_ bytes: ArraySlice<UInt8>) throws(SSHError) -> Int? {
        let code = unsafe bytes.withUnsafeBytes { raw in
            unsafe libssh2_channel_write_ex(
                self.raw,
                0,
                raw.baseAddress?.assumingMemoryBound(to: CChar.self),
                raw.count
            )
        }
        return try session.check(code, "sending input")
    }

    /// - Returns: how many bytes were read, 0 at the end; nil where there are none now.
    func read(
        _ stream: Stream,
        into buffer: inout [UInt8]
    ) throws(SSHError) -> Int? {
        let code = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe libssh2_channel_read_ex(
                raw,
                stream.rawValue,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                bytes.count
            )
        }
        return try session.check(code, "reading output")
    }

    /// - Returns: false where it has to be called again.
    func sendEnd() throws(SSHError) -> Bool {
        try session.check(Int(unsafe libssh2_channel_send_eof(raw)), "ending the input") != nil
    }

    /// Whether the host has closed the channel, which sshd does once the command has ended and
    /// every stream was read.
    ///
    /// The end of the output is not enough: a command may close its output and live on.
    func isClosedByHost() throws(SSHError) -> Bool {
        guard unsafe libssh2_channel_eof(raw) == 1 else { return false }
        return try session.check(
            Int(unsafe libssh2_channel_wait_closed(raw)),
            "waiting for the command"
        ) != nil
    }

    /// Whether nothing more will come: the end of a connection that the server made.
    var hasEnded: Bool { unsafe libssh2_channel_eof(raw) == 1 }

    /// Asks the host to close the channel.
    ///
    /// - Returns: false where it has to be called again.
    func tryClose() throws(SSHError) -> Bool {
        try session.check(Int(unsafe libssh2_channel_close(raw)), "closing a channel") != nil
    }

    /// The orderly end, after the host's.
    func close(_ deadline: Deadline) throws(SSHError) {
        try session.complete("closing a channel", deadline) { _ in
            unsafe libssh2_channel_close(raw)
        }
    }

    /// Only after the host has closed the channel: until then 0 may mean that it did not say.
    var exitStatus: Int32 {
        unsafe libssh2_channel_get_exit_status(raw)
    }

    /// The name without `SIG`; with one the exit status means nothing.
    var exitSignal: String? {
        var name: UnsafeMutablePointer<CChar>?
        var count = 0
        unsafe libssh2_channel_get_exit_signal(raw, &name, &count, nil, nil, nil, nil)
        guard let name = unsafe name else { return nil }
        defer { session.inspect { session in unsafe libssh2_free(session, name) } }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: name, count: count),
            as: UTF8.self
        )
    }
}
