import Foundation
import Synchronization

/// A TCP relay on loopback that holds every byte back for a while, each way.
final class DelayRelay: Sendable {
    let port: UInt16
    private let listener: Int32

    /// Listens on a port of its own; the way there takes so many milliseconds, and the way back.
    init(to target: UInt16, oneWay: Int) throws {
        let listener = socket(AF_INET, .streamThatNoChildInherits, 0)
        self.listener = listener
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) + listen(listener, 8)
                    + getsockname(listener, pointer, &size)
            }
        }
        guard code == 0 else { throw LocalSSHD.Failed("no relay") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while case let client = accept(listener, nil, nil), client >= 0 {
                let server = socket(AF_INET, .streamThatNoChildInherits, 0)
                var address = sockaddr_in.loopback(port: target)
                let code = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                        connect(server, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                guard code == 0 else { close(client); continue }
                let ends = Mutex(2)
                let end: @Sendable () -> Void = {
                    let left = ends.withLock {
                        $0 -= 1; return $0
                    }
                    if left == 0 { close(client); close(server) }
                }
                Self.pump(client, server, oneWay, end)
                Self.pump(server, client, oneWay, end)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private struct Queue {
        var pieces: [(due: ContinuousClock.Instant, bytes: [UInt8])] = []
        var hasEnded = false
    }

    private static func pump(
        _ from: Int32,
        _ to: Int32,
        _ oneWay: Int,
        _ end: @escaping @Sendable () -> Void
    ) {
        let queue = Shared()
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while case let count = recv(from, &buffer, buffer.count, 0), count > 0 {
                let due = ContinuousClock.now.advanced(by: .milliseconds(oneWay))
                let piece = Array(buffer[..<count])
                queue.state.withLock { $0.pieces.append((due, piece)) }
            }
            queue.state.withLock { $0.hasEnded = true }
        }
        Thread.detachNewThread {
            while true {
                let now = ContinuousClock.now
                let (piece, hasEnded): ([UInt8]?, Bool) = queue.state.withLock { state in
                    guard let first = state.pieces.first else { return (nil, state.hasEnded) }
                    guard first.due <= now else { return (nil, false) }
                    return (state.pieces.removeFirst().bytes, false)
                }
                if hasEnded { break }
                guard let piece else {
                    usleep(500)
                    continue
                }
                var sent = 0
                while sent < piece.count {
                    let count = piece[sent...].withUnsafeBytes {
                        send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    if count <= 0 { break }
                    sent += count
                }
            }
            shutdown(to, Int32(SHUT_WR))
            end()
        }
    }

    private final class Shared: Sendable {
        let state = Mutex(Queue())
    }
}
