import FoundationEssentials
import Glibc

/// Small files, whole.
enum FileBytes {
    /// - Throws: where the file cannot be opened.
    static func requireReadable(_ path: String) throws(UnreadableFile) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw UnreadableFile(path: path, code: errno) }
        close(descriptor)
    }

    static func read(_ path: String) throws(UnreadableFile) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UnreadableFile(path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw UnreadableFile(path: path, code: errno) }
            if count == 0 { return bytes }
            bytes += block.prefix(count)
        }
    }
}

struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    let code: Int32
    var description: String {
        let reason = String(cString: strerror(code))
        return "\(path): \(reason.prefix(1).lowercased())\(reason.dropFirst())"
    }
}
