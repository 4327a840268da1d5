import EtcdModel
import FoundationEssentials
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import SnapshotSource

/// moto, the S3 server of the people who test clients of AWS, on a loopback port of its own.
final class S3Server: Sendable {
    static let credentials = [
        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        // one failure is told at once
        "AWS_MAX_ATTEMPTS": "1",
    ]

    let folder: SourceFolder
    let url: String
    private let process: pid_t
    private let hasStopped = Atomic(false)

    private static let program =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        + "/.build/moto/bin/moto_server"

    static var isAvailable: Bool {
        Tools.has("aws", "gzip") && access(program, X_OK) == 0
    }

    /// Starts it and waits until it answers.
    convenience init(_ settings: [String: String] = [:]) throws {
        // as a variable: a path may have a blank in it
        try self.init(
            "\"$MOTO\" -H 127.0.0.1 -p \"$PORT\"",
            settings.merging(["MOTO": Self.program]) { $1 }
        )
    }

    /// Starts another one by a shell's words, in which `$PORT` is the port.
    init(_ words: String, _ settings: [String: String]) throws {
        folder = try SourceFolder()
        let port = try Self.freePort()
        url = "http://127.0.0.1:\(port)"
        let own = [
            "MOTO_LOG": folder.file("moto.log"), "PORT": "\(port)", "FOLDER": folder.path,
        ]
        let variables = folder.environment.merging(settings) { $1 }.merging(own) { $1 }
        process = try Self.spawn("exec \(words) >\"$MOTO_LOG\" 2>&1", variables)
        for _ in 0..<1200 {
            if Self.answers(port) { return }
            usleep(50_000)
        }
        throw LineFailed(description: String(decoding: try folder.bytes("moto.log"), as: UTF8.self))
    }

    deinit { stop() }

    func stop() {
        // its number may be another program's once it was waited for
        guard hasStopped.exchange(true, ordering: .relaxed) == false else { return }
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    func aws(_ arguments: String) throws {
        let variables = Self.credentials.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        try folder.sh("env \(variables) aws --endpoint-url \(url) \(arguments)")
    }

    private static func spawn(_ line: String, _ variables: [String: String]) throws -> pid_t {
        let given = ["/bin/sh", "-c", line]
        var words: [UnsafeMutablePointer<CChar>?] = given.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] =
            variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, "/bin/sh", nil, nil, &words, &settings) == 0)
        return process
    }

    // MARK: loopback

    private static func address(_ port: UInt16) -> sockaddr_in {
        sockaddr_in(
            sin_family: sa_family_t(AF_INET),
            sin_port: port.bigEndian,
            sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian),
            sin_zero: (0, 0, 0, 0, 0, 0, 0, 0)
        )
    }

    private static func freePort() throws -> UInt16 {
        let socket = Descriptor(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket.number, $0, size) == 0 && getsockname(socket.number, $0, &size) == 0
            }
        }
        try #require(isBound)
        return UInt16(bigEndian: address.sin_port)
    }

    private static func answers(_ port: UInt16) -> Bool {
        let socket = Descriptor(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = address(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
