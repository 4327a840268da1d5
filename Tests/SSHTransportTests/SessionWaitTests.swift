import Glibc
import RemoteHost
import Testing

@testable import SSHTransport

/// A window that opened between two looks was once not seen until the next sign of life, seconds
/// later: of a command's calls each reads what came in for all of them.
@Suite("Waiting for the peer")
struct SessionWaitTests {
    /// A hang is what it is there for.
    private let deadline = Deadline(after: .seconds(20))
    private let peer: Int32
    private let session: Session

    init() throws {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        peer = ends[1]
        session = try Session(
            Socket(descriptor: ends[0]),
            interrupt: Interrupt(),
            silenceLimit: .seconds(3600)
        )
    }

    @Test("does not sleep on what came in since the last wait")
    func cameInBefore() throws {
        defer { close(peer) }
        send(peer, "here", 4, 0)
        receive()
        try session.wait("testing", deadline)
        #expect(throws: SSHError.self) {
            try session.wait("testing", Deadline(after: .milliseconds(50)))
        }
    }

    @Test("does not sleep where a full wire got room since the last wait")
    func gotRoomBefore() throws {
        defer { close(peer) }
        let block = [UInt8](repeating: 7, count: 256 << 10)
        while !session.wire.isFull { _ = block.withUnsafeBytes { session.wire.accept($0) } }
        var taken = block
        while session.wire.hasPending {
            while recv(peer, &taken, taken.count, 0) > 0 {}
            session.wire.flush()
        }
        try session.wait("testing", deadline)
    }

    @Test("wakes when something comes in")
    func comesIn() throws {
        defer { close(peer) }
        let peer = peer
        try DetachedThread.start { send(peer, "here", 4, 0) }
        try session.wait("testing", deadline)
        #expect(session.wire.isReadable)
    }

    private func receive() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while bytes.withUnsafeMutableBytes({ session.wire.receive(into: $0) }) > 0 {}
    }
}
