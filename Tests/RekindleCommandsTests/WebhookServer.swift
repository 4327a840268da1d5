import Foundation
import Glibc
import Synchronization
import Testing

/// An HTTP server on loopback that answers with the given statuses, one after the other.
///
/// While curl waits for an answer, it looks at what this machine shows of curl.
final class WebhookServer: Sendable {
    struct Request: Sendable {
        /// As in `POST /x HTTP/1.1`.
        var line: String
        /// Names in lower case.
        var headers: [String: String]
        var body: String
        /// Arguments and environment of every curl that this process started and that runs now.
        var programs: [String]
    }

    enum Answer: Sendable {
        case status(Int)
        /// Takes the request and says nothing until the server ends.
        case silence
        /// Closes the connection without a word.
        case hangUp
    }

    let port: UInt16
    private let socket: Int32
    private let taken = Mutex<[Request]>([])
    private let hasEnded = Atomic(false)

    var url: String { "http://127.0.0.1:\(port)/hook/PATHKEY" }
    var requests: [Request] { taken.withLock { $0 } }

    /// The last answer is given to every request after it, too.
    init(_ answers: Answer...) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        port = try Self.listen(socket)
        let thread = Thread { [self] in serve(answers) }
        thread.start()
    }

    func stop() {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        shutdown(socket, Int32(SHUT_RDWR))
    }

    private func serve(_ answers: [Answer]) {
        defer { close(socket) }
        var silent: [Int32] = []
        defer { for connection in silent { close(connection) } }
        var next = answers[...]
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return }
            // what is accepted must not hang in a child that is started meanwhile
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            guard let request = Self.read(connection) else {
                close(connection)
                continue
            }
            taken.withLock { $0.append(request) }
            let answer = next.count > 1 ? next.removeFirst() : next.first ?? .hangUp
            switch answer {
            case .silence: silent.append(connection)
            case .hangUp: close(connection)
            case .status(let status):
                let text =
                    "HTTP/1.1 \(status) X\r\nContent-Length: 6\r\nConnection: close\r\n\r\nANSWER"
                _ = text.withCString { write(connection, $0, strlen($0)) }
                close(connection)
            }
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(connection, &block, block.count)
            guard count > 0 else { return nil }
            bytes += block.prefix(count)
            if let request = parse(String(decoding: bytes, as: UTF8.self)) { return request }
        }
    }

    /// nil until all is there.
    private static func parse(_ text: String) -> Request? {
        guard let end = text.utf8.firstRange(of: "\r\n\r\n".utf8) else { return nil }
        let lines = String(text[..<end.lowerBound]).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        let body = String(text[end.upperBound...])
        guard body.utf8.count == Int(headers["content-length"] ?? "0") else { return nil }
        return Request(line: lines[0], headers: headers, body: body, programs: curls())
    }

    private static func curls() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { $0.allSatisfy(\.isNumber) }.compactMap { name in
            func file(_ file: String) -> String {
                let path = "/proc/\(name)/\(file)"
                return FileManager.default.contents(atPath: path)
                    .map { String(decoding: $0, as: UTF8.self) } ?? ""
            }
            guard file("comm") == "curl\n", file("status").contains("\nPPid:\t\(getpid())\n") else {
                return nil
            }
            return file("cmdline") + "\n" + file("environ")
        }
    }

    private static func listen(_ socket: Int32) throws -> UInt16 {
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        try #require(isBound && Glibc.listen(socket, 16) == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
