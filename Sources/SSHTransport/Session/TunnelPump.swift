import Glibc

/// Carries bytes between a socket and a channel, both ways, until one of them ends.
struct TunnelPump: ~Copyable {
    private let socket: Int32
    private let channel: Channel
    private let session: Session
    /// From the socket to the channel, and what of it is still to go.
    private var outward = [UInt8](repeating: 0, count: 256 << 10)
    private var outwardRest = 0..<0
    private var inward = [UInt8](repeating: 0, count: 256 << 10)
    private var inwardRest = 0..<0
    private var hasSocketEnded = false

    init(socket: Int32, _ channel: consuming Channel, _ session: Session) {
        self.socket = socket
        self.channel = channel
        self.session = session
    }

    /// - Throws: what ended the session that carries the channel.
    mutating func run() throws(SSHError) {
        session.beginWaiting()
        while true {
            let hasSent = try moveOutward()
            let hasReceived = try moveInward()
            session.wire.flush()
            if hasSocketEnded || channel.hasEnded && inwardRest.isEmpty { return }
            if hasSent || hasReceived { continue }
            try session.wait(
                beside: socket,
                orWritable: !inwardRest.isEmpty,
                orReadable: outwardRest.isEmpty,
                "passing a connection on"
            )
        }
    }

    /// - Returns: whether a byte was moved.
    private mutating func moveOutward() throws(SSHError) -> Bool {
        var hasMoved = false
        if outwardRest.isEmpty {
            let count = unsafe recv(socket, &outward, outward.count, 0)
            if count > 0 {
                outwardRest = 0..<count
                hasMoved = true
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                hasSocketEnded = true
            }
        }
        while !outwardRest.isEmpty, !session.wire.isFull,
            let taken = try channel.write(outward[outwardRest]),
            taken > 0
        {
            outwardRest = (outwardRest.lowerBound + taken)..<outwardRest.upperBound
            hasMoved = true
        }
        return hasMoved
    }

    private mutating func moveInward() throws(SSHError) -> Bool {
        var hasMoved = false
        if inwardRest.isEmpty, let count = try channel.read(.output, into: &inward), count > 0 {
            inwardRest = 0..<count
            hasMoved = true
        }
        while !inwardRest.isEmpty {
            let count = unsafe inward[inwardRest].withUnsafeBytes { bytes in
                unsafe send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                inwardRest = (inwardRest.lowerBound + count)..<inwardRest.upperBound
                hasMoved = true
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                hasSocketEnded = true
                break
            }
        }
        return hasMoved
    }
}
