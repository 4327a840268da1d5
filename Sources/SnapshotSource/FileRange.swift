import EtcdModel

/// The front of an open file, for reads that jump.
///
/// A tree's neighbours often lie side by side, forwards or backwards; then one system call fetches
/// many of them. Where they do not, only what is asked for is read: a window around each would
/// copy the file many times over.
final class FileRange: DatabaseBytes {
    private let file: any SnapshotBytes
    let count: Int
    private let window = UnsafeMutableRawBufferPointer.allocate(
        byteCount: windowBytes,
        alignment: 4096
    )
    /// Where in the file the window begins, and how much of it is filled.
    private var windowStart = 0
    private var windowFill = 0
    private var lastOffset = 0

    private static let windowBytes = 64 << 10

    init(_ file: any SnapshotBytes, count: Int) {
        self.file = file
        self.count = count
    }

    deinit { window.deallocate() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        let isNear = abs(offset - lastOffset) < Self.windowBytes
        lastOffset = offset
        if !isInWindow(offset, buffer.count) {
            guard isNear else { return try file.read(at: offset, into: buffer) }
            try fillWindow(around: offset)
            guard isInWindow(offset, buffer.count) else {
                return try file.read(at: offset, into: buffer)
            }
        }
        let start = offset - windowStart
        buffer.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: window[start..<(start + buffer.count)])
        )
    }

    private func isInWindow(_ offset: Int, _ count: Int) -> Bool {
        offset >= windowStart && offset + count <= windowStart + windowFill
    }

    private func fillWindow(around offset: Int) throws {
        windowFill = 0
        windowStart = offset - offset % Self.windowBytes
        let fill = min(Self.windowBytes, count - windowStart)
        try file.read(
            at: windowStart,
            into: UnsafeMutableRawBufferPointer(rebasing: window[..<fill])
        )
        windowFill = fill
    }
}
