import Glibc

/// An address to connect to, copied out of getaddrinfo's list.
struct SocketAddress: Sendable {
    let family: Int32
    /// The bytes of a `sockaddr_in` or `sockaddr_in6`.
    private let bytes: [UInt8]
    /// Numeric, with the port: `127.0.0.1:22` or `[::1]:22`.
    let text: String

    fileprivate init?(_ info: addrinfo) {
        guard let address = unsafe info.ai_addr else { return nil }
        family = unsafe info.ai_family
        let size = unsafe Int(info.ai_addrlen)
        bytes = unsafe Array(UnsafeRawBufferPointer(start: address, count: size))
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let code = unsafe getnameinfo(
            address,
            info.ai_addrlen,
            &host,
            socklen_t(host.count),
            &port,
            socklen_t(port.count),
            NI_NUMERICHOST | NI_NUMERICSERV
        )
        guard code == 0 else { return nil }
        let name = Self.text(host)
        text = (family == AF_INET6 ? "[\(name)]" : name) + ":" + Self.text(port)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// connect(2), with its result and `errno`.
    func connect(_ descriptor: Int32) -> Int32 {
        unsafe bytes.withUnsafeBytes { raw in
            guard let start = raw.baseAddress else { return -1 }
            return unsafe Glibc.connect(
                descriptor,
                start.assumingMemoryBound(to: sockaddr.self),
                socklen_t(raw.count)
            )
        }
    }
}

/// getaddrinfo with an end: the C function has none but resolv.conf's.
enum NameResolution {
    private enum Answer: Sendable {
        case addresses([SocketAddress])
        case failed(String)
    }

    static func addresses(
        of host: String,
        port: UInt16,
        interrupt: Interrupt,
        deadline: Deadline
    ) throws(SSHError) -> [SocketAddress] {
        // A numeric address asks nobody, so it needs no thread.
        if case .addresses(let found) = lookUp(host, port, flags: AI_NUMERICHOST) { return found }
        let answer = try OffThreadCall.value(
            of: { lookUp(host, port, flags: 0) },
            operation: "resolving \(host)",
            interrupt: interrupt,
            until: deadline.end
        )
        switch answer {
        case .addresses(let found): return found
        case .failed(let reason): throw .nameNotResolved(reason)
        case nil: throw .nameNotResolved("no answer within \(deadline.limit.inSeconds)")
        }
    }

    private static func lookUp(_ host: String, _ port: UInt16, flags: Int32) -> Answer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            return .failed(unsafe String(cString: gai_strerror(code)).lowercased())
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let info = unsafe next {
            if let address = unsafe SocketAddress(info.pointee) { addresses.append(address) }
            unsafe next = info.pointee.ai_next
        }
        return addresses.isEmpty ? .failed("it has no address") : .addresses(addresses)
    }
}
