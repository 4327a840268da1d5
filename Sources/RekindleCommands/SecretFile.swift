import Glibc
import Synchronization

/// A file on this machine with one secret in one line.
struct SecretFile: Sendable {
    let path: String

    /// Why it cannot be used.
    struct Problem: Error, Sendable, Hashable {
        /// Lower case, no final stop; names the file.
        var fact: String
        var hint: String
    }

    /// In bytes; bcrypt, by which etcd keeps passwords, takes 72 of them.
    private static let largest = 4096

    /// All bytes of the line, whatever they are.
    func read() throws(Problem) -> [UInt8] {
        let bytes = try contents()
        var line = bytes[...]
        if line.last == UInt8(ascii: "\n") { line = line.dropLast() }
        guard !line.isEmpty else {
            throw Problem(fact: "\(path) is empty", hint: "write the password into it, in one line")
        }
        guard !line.contains(UInt8(ascii: "\n")) else {
            throw Problem(
                fact: "\(path) has more than one line",
                hint: "write the password into it, in one line"
            )
        }
        // etcd takes a string of protobuf, which is UTF-8; a variable ends at a zero
        guard String(validating: line, as: UTF8.self) != nil, !line.contains(0) else {
            throw Problem(
                fact: "\(path) does not hold text in UTF-8, as passwords of etcd are",
                hint: "write the password into it, in one line"
            )
        }
        return Array(line)
    }

    private func contents() throws(Problem) -> [UInt8] {
        // without O_NONBLOCK a FIFO in its place would block for ever
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw Problem(
                fact: "cannot read \(path): \(String(cString: strerror(errno)).lowercased())",
                hint: "check auth-password-file in the inventory, and who may read the file"
            )
        }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Problem(
                fact: "\(path) is not a file",
                hint: "name a file with the password in it"
            )
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            throw Problem(
                fact: "\(path) can be read by others (mode \(String(mode, radix: 8)))",
                hint: "chmod 600 \(path), and change the password if somebody may have read it"
            )
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw Problem(
                fact: "\(path) belongs to another user",
                hint: "take a file of your own, with mode 600"
            )
        }
        guard status.st_size <= Self.largest else {
            throw Problem(
                fact: "\(path) has \(status.st_size) bytes, too many for a password",
                hint: "write the password into it, in one line"
            )
        }
        var buffer = [UInt8](repeating: 0, count: Self.largest + 1)
        var count = 0
        while count < buffer.count {
            let more = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { break }
            count += more
        }
        return Array(buffer.prefix(count))
    }
}

/// The secrets of this process, each read once: a run must not change its password midway.
final class SecretFiles: Sendable {
    private let known = Mutex<[String: [UInt8]]>([:])

    func read(_ path: String) throws(SecretFile.Problem) -> [UInt8] {
        if let secret = known.withLock({ $0[path] }) { return secret }
        let secret = try SecretFile(path: path).read()
        known.withLock { $0[path] = secret }
        return secret
    }
}
