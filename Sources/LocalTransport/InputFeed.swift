import RemoteHost

/// What a command reads, piece by piece as it takes them.
struct InputFeed {
    private var rest: ArraySlice<UInt8> = []
    private var stream: (any ByteStream)?
    /// Whether there may be more to give.
    private(set) var isOpen = true

    private static let piece = 1 << 20

    init(_ input: CommandInput) {
        switch input {
        case .none: break
        case .bytes(let bytes): rest = bytes[...]
        case .stream(let stream): self.stream = stream
        }
    }

    /// Gives what the command takes now, and ends its input behind the last byte.
    ///
    /// It is kept open where its end would end the command.
    /// - Throws: what the stream does.
    mutating func push(into child: ShellChild, keepsOpen: Bool) throws {
        if rest.isEmpty, let stream {
            var piece = [UInt8](repeating: 0, count: Self.piece)
            let count = try piece.withUnsafeMutableBytes { try stream.read(into: $0) }
            rest = piece[..<count]
            if count == 0 { self.stream = nil }
        }
        if !rest.isEmpty {
            // a command that reads no further has its reason, and its exit status tells it
            guard let taken = child.write(rest) else { return end(child) }
            rest = rest.dropFirst(taken)
        }
        if rest.isEmpty, stream == nil {
            if keepsOpen { isOpen = false } else { end(child) }
        }
    }

    private mutating func end(_ child: ShellChild) {
        child.closeInput()
        isOpen = false
    }
}
