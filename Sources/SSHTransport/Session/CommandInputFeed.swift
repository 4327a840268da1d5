import RemoteHost

/// A command's input, a block at a time.
struct CommandInputFeed {
    /// Eight of libssh2's packets: large enough to hide the cost of asking, small enough to keep.
    private static let blockSize = 256 << 10

    private let stream: (any ByteStream)?
    private var block: [UInt8]
    private var position = 0
    private var count: Int
    private var streamHasEnded: Bool

    init(_ input: CommandInput) {
        switch input {
        case .none: (stream, block) = (nil, [])
        case .bytes(let bytes): (stream, block) = (nil, bytes)
        case .stream(let source):
            (stream, block) = (source, [UInt8](repeating: 0, count: Self.blockSize))
        }
        streamHasEnded = stream == nil
        count = stream == nil ? block.count : 0
    }

    var hasEnded: Bool { streamHasEnded && position == count }
    var ready: ArraySlice<UInt8> { block[position..<count] }

    mutating func advance(by taken: Int) {
        position += taken
    }

    /// Makes sure that something is ready, unless the input has ended.
    mutating func fill() throws(SSHError) {
        guard position == count, !streamHasEnded, let stream else { return }
        do {
            position = 0
            count = 0
            count = try unsafe block.withUnsafeMutableBytes { try unsafe stream.read(into: $0) }
        } catch {
            throw .localInput("\(error)")
        }
        streamHasEnded = count == 0
    }
}
