/// A piece of the snapshot as it crosses the wire.
struct WireChunk: Sendable {
    let bytes: [UInt8]
    /// Of the snapshot; 0 at its end.
    let plainCount: Int
    var didNotShrink = false
}

/// What is done to a chunk.
enum Packing: Hashable, Sendable {
    case plain
    case zstd
    case gzip
    /// What `gzip -d` takes, without the work: for a wire that is faster than packing.
    case gzipStored

    /// Whether it takes longer than to copy the bytes.
    var isWork: Bool { self == .zstd || self == .gzip }
}

/// A snapshot could not be packed.
struct PackingFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { "cannot pack the snapshot for the wire: \(reason)" }
}
