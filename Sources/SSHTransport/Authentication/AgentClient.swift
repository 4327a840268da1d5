import Glibc

/// A key that the SSH agent holds.
struct AgentKey {
    var blob: [UInt8]
    var comment: String
}

enum AgentProblem: Error {
    /// The connection's interrupt or deadline, not the agent.
    case interrupted(SSHError)
    case unusable(String)
}

/// The client side of the SSH agent's protocol (draft-ietf-sshm-ssh-agent).
///
/// libssh2's own asks for no RSA/SHA-2 signatures, which every current server wants.
struct AgentClient: ~Copyable {
    private enum Message {
        static let requestIdentities: UInt8 = 11
        static let identities: UInt8 = 12
        static let signRequest: UInt8 = 13
        static let signature: UInt8 = 14
    }

    /// SSH_AGENT_RSA_SHA2_512.
    private static let rsaSHA512: UInt32 = 4
    /// OpenSSH's own limit for an answer.
    private static let largestAnswer = 256 << 10

    private let descriptor: Int32
    private let interrupt: Interrupt

    /// Connects to the agent's socket, as in `SSH_AUTH_SOCK`.
    init(path: String, interrupt: Interrupt) throws(AgentProblem) {
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        self.interrupt = interrupt
        guard descriptor >= 0 else { throw .unusable(systemError(errno).lowercased()) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            unsafe room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { throw .unusable("the path \(path) is too long for a socket") }
        let code = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw .unusable("\(path): \(systemError(errno).lowercased())") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func keys(_ deadline: Deadline) throws(AgentProblem) -> [AgentKey] {
        let answer = try ask([Message.requestIdentities], deadline)
        var reader = WireReader(answer)
        do {
            guard try reader.byte() == Message.identities else {
                throw AgentProblem.unusable("it lists no keys; is it locked?")
            }
            var keys: [AgentKey] = []
            for _ in 0..<(try reader.uint32()) {
                keys.append(AgentKey(blob: try reader.string(), comment: try reader.text()))
            }
            return keys
        } catch let problem as AgentProblem {
            throw problem
        } catch {
            throw .unusable("its answer ends too early")
        }
    }

    /// The signature without its type: the inner string of SSH's signature blob.
    func signature(
        of data: [UInt8],
        with key: AgentKey,
        _ deadline: Deadline
    ) throws(AgentProblem) -> [UInt8] {
        var request = WireWriter()
        request.byte(Message.signRequest)
        request.string(key.blob)
        request.string(data)
        request.uint32(HostKey(blob: key.blob)?.type == "ssh-rsa" ? Self.rsaSHA512 : 0)
        var reader = WireReader(try ask(request.bytes, deadline))
        do {
            guard try reader.byte() == Message.signature else {
                throw AgentProblem.unusable("the agent refused to sign")
            }
            var blob = WireReader(try reader.string())
            _ = try blob.text()
            return try blob.string()
        } catch let problem as AgentProblem {
            throw problem
        } catch {
            throw .unusable("its signature ends too early")
        }
    }

    private func ask(_ message: [UInt8], _ deadline: Deadline) throws(AgentProblem) -> [UInt8] {
        var framed = WireWriter()
        framed.string(message)
        var unsent = framed.bytes[...]
        while !unsent.isEmpty {
            let count = unsafe unsent.withUnsafeBytes { bytes in
                unsafe send(
                    descriptor,
                    bytes.baseAddress,
                    bytes.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if try progress(count, writing: true, deadline) { unsent = unsent.dropFirst(count) }
        }
        let header = try receive(4, deadline)
        let length = header.reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.largestAnswer else { throw .unusable("its answer is too long") }
        return try receive(length, deadline)
    }

    private func receive(_ count: Int, _ deadline: Deadline) throws(AgentProblem) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while received.count < count {
            let wanted = min(buffer.count, count - received.count)
            let got = unsafe recv(descriptor, &buffer, wanted, 0)
            if got == 0 { throw .unusable("the agent closed the connection") }
            if try progress(got, writing: false, deadline) { received += buffer.prefix(got) }
        }
        return received
    }

    /// Whether the call did something; waits where it could not.
    private func progress(
        _ count: Int,
        writing: Bool,
        _ deadline: Deadline
    ) throws(AgentProblem) -> Bool {
        if count > 0 { return true }
        let code = errno
        if code == EINTR { return false }
        guard code == EAGAIN else { throw .unusable(systemError(code).lowercased()) }
        let readiness = Readiness.of(
            descriptor,
            orWritable: writing,
            orReadable: !writing,
            interrupt: interrupt,
            until: deadline.end
        )
        if readiness.isInterrupted { throw .interrupted(.cancelled("asking the SSH agent")) }
        if deadline.hasPassed {
            throw .interrupted(.timedOut("asking the SSH agent", after: deadline.limit))
        }
        return false
    }
}
