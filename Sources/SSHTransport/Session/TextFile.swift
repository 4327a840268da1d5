import Glibc

/// A text file of the operator, read whole.
struct TextFile {
    struct Unreadable: Error {
        var reason: String
        var isMissing = false
    }

    let text: String
    /// In bytes; a known_hosts file with a hundred thousand hosts is smaller.
    private static let largest = 64 << 20

    /// The permission bits.
    let mode: UInt32
    /// Who it belongs to.
    let owner: UInt32

    init(path: String) throws(Unreadable) {
        // Without O_NONBLOCK a FIFO in its place would block for ever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            throw Unreadable(reason: systemError(code).lowercased(), isMissing: code == ENOENT)
        }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Unreadable(reason: "it is not a file")
        }
        mode = status.st_mode & 0o777
        owner = status.st_uid
        guard status.st_size <= Self.largest else {
            throw Unreadable(
                reason: "it has \(status.st_size) bytes; \(Self.largest) is the most that is read"
            )
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Unreadable(reason: systemError(errno).lowercased()) }
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        text = String(decoding: bytes, as: UTF8.self)
    }
}
