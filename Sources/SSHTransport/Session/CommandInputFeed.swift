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

    /// Reads on until the block is full or the input has ended.
    ///
    /// - Returns: whether it is so many bytes, as far as can be known.
    mutating func hasAtLeast(
        _ bytes: UInt64,
        _ mayGoOn: () throws(SSHError) -> Void
    ) throws(SSHError) -> Bool {
        if let expected = stream?.expectedBytes, expected < bytes { return false }
        while !streamHasEnded, count < block.count {
            try mayGoOn()
            try read()
        }
        return !streamHasEnded
    }

    var hasEnded: Bool { streamHasEnded && position == count }
    var ready: ArraySlice<UInt8> { block[position..<count] }

    mutating func advance(by taken: Int) {
        position += taken
    }

    /// Makes sure that something is ready, unless the input has ended.
    mutating func fill() throws(SSHError) {
        guard position == count, !streamHasEnded else { return }
        position = 0
        count = 0
        try read()
    }

    /// Adds to what is ready.
    private mutating func read() throws(SSHError) {
        guard let stream else { return }
        do {
            let more = try unsafe block.withUnsafeMutableBytes { bytes in
                try unsafe stream.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
                )
            }
            count += more
            streamHasEnded = more == 0
        } catch {
            throw .localInput("\(error)")
        }
    }
}
