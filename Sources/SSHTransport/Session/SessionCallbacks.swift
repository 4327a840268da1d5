import CLibSSH2

/// The C functions through which libssh2 reaches the wire.
///
/// Their context is the wire, unretained: the session owns both and frees libssh2's part first.
enum SessionCallbacks {
    static func install(in session: OpaquePointer) {
        unsafe rekindle_set_callbacks(session, send, receive, disconnect)
    }

    private static func wire(_ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Wire? {
        guard let pointer = unsafe context?.pointee else { return nil }
        return unsafe Unmanaged<Wire>.fromOpaque(pointer).takeUnretainedValue()
    }

    private static let send: rekindle_send_callback = { _, bytes, count, _, context in
        guard let wire = unsafe wire(context) else { return -1 }
        return unsafe wire.accept(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    private static let receive: rekindle_receive_callback = { _, bytes, count, _, context in
        guard let wire = unsafe wire(context) else { return -1 }
        return unsafe wire.receive(
            into: UnsafeMutableRawBufferPointer(start: bytes, count: count)
        )
    }

    private static let disconnect: rekindle_disconnect_callback = {
        _,
        _,
        message,
        count,
        _,
        _,
        context in
        guard let message = unsafe message else { return }
        let text = unsafe UnsafeRawBufferPointer(start: message, count: Int(count))
        unsafe wire(context)?.farewell = String(decoding: text, as: UTF8.self)
    }
}
