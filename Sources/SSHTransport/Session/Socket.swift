import Glibc

/// A connected socket, closed with its owner.
struct Socket: ~Copyable {
    let descriptor: Int32
    /// What is at its other end where that is one of our own threads.
    let tunnel: TunnelFate?

    init(descriptor: Int32, tunnel: TunnelFate? = nil) {
        self.descriptor = descriptor
        self.tunnel = tunnel
    }

    deinit { close(descriptor) }

    /// Two ends of one stream within this process.
    static func pair() throws(SSHError) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw .local("socketpair: \(systemError(errno))")
        }
        return (ends[0], ends[1])
    }

    /// Connects to the first address that answers; each gets an equal share of the time.
    static func connect(
        to host: String,
        port: UInt16,
        interrupt: Interrupt,
        deadline: Deadline
    ) throws(SSHError) -> Socket {
        let addresses = try NameResolution.addresses(
            of: host,
            port: port,
            interrupt: interrupt,
            deadline: deadline
        )
        var attempts: [String] = []
        var problem = SSHError.ConnectProblem.other
        for (index, address) in addresses.enumerated() {
            let left = deadline.end - .now
            let share = deadline.atMost(left / (addresses.count - index))
            switch try attempt(address, interrupt: interrupt, deadline: share) {
            case .connected(let descriptor):
                let socket = Socket(descriptor: descriptor)
                socket.setOptions()
                return socket
            case .failed(let code):
                problem = SSHError.ConnectProblem(code)
                let reason =
                    code == ETIMEDOUT
                    ? "no answer within \(share.limit.inSeconds)" : systemError(code).lowercased()
                attempts.append("\(address.text): \(reason)")
            }
        }
        throw .notConnected(problem, attempts: attempts)
    }

    private enum Attempt {
        case connected(Int32)
        case failed(Int32)
    }

    private static func attempt(
        _ address: SocketAddress,
        interrupt: Interrupt,
        deadline: Deadline
    ) throws(SSHError) -> Attempt {
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { return .failed(errno) }
        if address.connect(descriptor) == 0 { return .connected(descriptor) }
        guard errno == EINPROGRESS else { return .failed(closing(descriptor, errno)) }
        let readiness = Readiness.of(
            descriptor,
            orWritable: true,
            orReadable: false,
            interrupt: interrupt,
            until: deadline.end
        )
        if readiness.isInterrupted {
            close(descriptor)
            throw .cancelled("connecting")
        }
        guard readiness.isReadable || readiness.isWritable else {
            return .failed(closing(descriptor, ETIMEDOUT))
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        // ECONNRESET: it accepted, and reset at once; that is its answer, and whoever reads finds it
        return code == 0 || code == ECONNRESET
            ? .connected(descriptor) : .failed(closing(descriptor, code))
    }

    private static func closing(_ descriptor: Int32, _ code: Int32) -> Int32 {
        close(descriptor)
        return code
    }

    /// Without delay; a peer that is gone is noticed by the kernel too, between commands as well.
    private func setOptions() {
        let tcp = Int32(IPPROTO_TCP)
        set(tcp, TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(tcp, TCP_KEEPIDLE, 30)
        set(tcp, TCP_KEEPINTVL, 10)
        set(tcp, TCP_KEEPCNT, 3)
        // Milliseconds that sent data may stay unacknowledged.
        set(tcp, TCP_USER_TIMEOUT, 20_000)
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // An option that is refused is not worth failing for: our own silence limit remains.
        unsafe setsockopt(
            descriptor,
            level,
            option,
            &value,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }
}

extension SSHError.ConnectProblem {
    fileprivate init(_ code: Int32) {
        switch code {
        case ECONNREFUSED: self = .refused
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: self = .noRoute
        case ETIMEDOUT: self = .noAnswer
        default: self = .other
        }
    }
}
