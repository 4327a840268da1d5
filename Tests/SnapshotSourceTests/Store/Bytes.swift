import Glibc
import RemoteHost
import Synchronization

/// Bytes in memory, as a stream that may fail at its end.
final class Bytes: ByteStream {
    private let rest: Mutex<ArraySlice<UInt8>>
    private let failure: (any Error)?

    init(_ bytes: [UInt8], failing failure: (any Error)? = nil) {
        rest = Mutex(bytes[...])
        self.failure = failure
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let taken = rest.withLock { rest in
            let taken = rest.prefix(buffer.count)
            rest = rest.dropFirst(taken.count)
            return Array(taken)
        }
        buffer.copyBytes(from: taken)
        if taken.isEmpty, let failure { throw failure }
        return taken.count
    }
}

struct BrokenStream: Error, Equatable {}

/// A directory that is gone with its owner.
final class Folder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/rekindle-store-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? ""
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    var names: [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
