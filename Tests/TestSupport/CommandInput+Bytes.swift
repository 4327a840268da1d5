package import RemoteHost

extension CommandInput {
    /// Reads all of the input, for a script that looks at it.
    package func allBytes() throws -> [UInt8] {
        switch self {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .stream(let stream):
            var all: [UInt8] = []
            // small, so that a short input takes several turns as a long one does on a connection
            var block = [UInt8](repeating: 0, count: 1500)
            while true {
                let count: Int
                do {
                    count = try block.withUnsafeMutableBytes { try stream.read(into: $0) }
                } catch {
                    throw HostFailure(.localInput, host: "", "reading the input failed: \(error)")
                }
                if count == 0 { return all }
                all += block.prefix(count)
            }
        }
    }
}
