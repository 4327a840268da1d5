/// A snapshot whose bytes can be read at any place, for as long as it is proven.
protocol SnapshotBytes: AnyObject {
    /// What errors call it.
    var name: String { get }
    var bytes: UInt64 { get }
    /// Fills the whole buffer.
    /// - Throws: `SnapshotFileError`.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
    /// It must be at the end of a proof what it was at the beginning.
    /// - Throws: `SnapshotFileError`.
    func requireUnchanged() throws
}

extension SnapshotBytes {
    /// The first bytes, as many as its kind is known by.
    func beginning() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(min(self.bytes, 512)))
        try bytes.withUnsafeMutableBytes { try read(at: 0, into: $0) }
        return bytes
    }
}
