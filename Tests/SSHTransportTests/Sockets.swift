import Foundation
import Synchronization

/// A listener that accepts, says what it was told once, and closes only then.
final class SilentListener: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let accepted = Mutex<[Int32]>([])

    init(answer: String? = nil) throws {
        let listener: Int32
        (listener, port) = try loopbackListener(queue: 8)
        descriptor = listener
        guard let answer else { return }
        Thread.detachNewThread {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            _ = send(client, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
            // Reads the client's version, so that the close is an orderly one.
            var bytes = [UInt8](repeating: 0, count: 1024)
            recv(client, &bytes, bytes.count, 0)
            close(client)
        }
    }

    deinit { close(descriptor) }
}

/// A port whose queue is full: who connects gets no answer, as from a firewall that drops.
final class FullListener {
    let port: UInt16
    private var descriptors: [Int32] = []

    init() throws {
        let listener: Int32
        (listener, port) = try loopbackListener(queue: 0)
        descriptors = [listener]
        var address = sockaddr_in.loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // a queue of none still holds one, and the kernel may round it up
        for _ in 0..<4 {
            let client = socket(AF_INET, .streamThatNoChildInherits, 0)
            descriptors.append(client)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    connect(client, pointer, size)
                }
            }
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}

/// A listener that resets every connection, as a firewall in front of a busy sshd does.
final class ResettingListener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let listener: Int32
        (listener, port) = try loopbackListener(queue: 8)
        descriptor = listener
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                // a close that sends no end but a reset
                var now = linger(l_onoff: 1, l_linger: 0)
                let size = socklen_t(MemoryLayout<linger>.size)
                setsockopt(client, SOL_SOCKET, SO_LINGER, &now, size)
                close(client)
            }
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// Listens on a port of 127.0.0.1 that nobody uses.
private func loopbackListener(queue: Int32) throws -> (descriptor: Int32, port: UInt16) {
    let listener = socket(AF_INET, .streamThatNoChildInherits, 0)
    var address = sockaddr_in.loopback(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(listener, pointer, size) + listen(listener, queue)
                + getsockname(listener, pointer, &size)
        }
    }
    guard code == 0 else { throw LocalSSHD.Failed("no listener") }
    return (listener, UInt16(bigEndian: address.sin_port))
}

/// A TCP connection that says nothing.
struct PlainConnection {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, .streamThatNoChildInherits, 0)
        var address = sockaddr_in.loopback(port: port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw LocalSSHD.Failed("no connection") }
    }

    func waitForBanner() throws {
        var bytes = [UInt8](repeating: 0, count: 64)
        guard recv(descriptor, &bytes, bytes.count, 0) > 0 else {
            throw LocalSSHD.Failed("no banner")
        }
    }

    func close() {
        Glibc.close(descriptor)
    }
}

extension sockaddr_in {
    /// 127.0.0.1; port 0 for any.
    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }
}

extension Int32 {
    static var streamThatNoChildInherits: Int32 {
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    }
}
