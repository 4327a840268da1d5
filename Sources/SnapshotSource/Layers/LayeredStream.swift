import CLinux
import EtcdModel
import Glibc

/// A source's bytes, with its layers taken off one after the other.
///
/// Each program reads the pipe that the one before it writes: the bytes pass through this process
/// once, plain, and nothing of them is kept. Used from one thread at a time.
final class LayeredStream {
    let name: String
    private(set) var layers: [SnapshotLayer] = []
    private var head: Descriptor
    /// In the order of the bytes, the origin's own first.
    private var programs: [ChildProgram]
    private let surroundings: SourceSurroundings

    /// Enough to know every layer, and a tar archive, by.
    private static let beginningBytes = 512

    init(_ origin: Origin, name: String, surroundings: SourceSurroundings) {
        self.name = name
        self.surroundings = surroundings
        head = origin.output
        programs = origin.program.map { [$0] } ?? []
    }

    deinit {
        // from the end: a program that nobody reads any more has nothing to say
        while !programs.isEmpty { programs.removeLast() }
    }

    /// Takes off all layers.
    /// - Returns: the first bytes of what was in them; none where it is empty.
    /// - Throws: `SourceFailure`, `CancellationError`.
    func peel() throws -> [UInt8] {
        while true {
            let beginning = try beginning()
            guard let layer = SnapshotLayer(beginning) else { return beginning }
            guard layers.count < SnapshotLayer.deepest else {
                throw SourceFailure(
                    "\(name) has more than \(SnapshotLayer.deepest) layers, one in the other: "
                        + layers.map(\.rawValue).joined(separator: ", "),
                    hint: "nobody packs a snapshot like this; open it by hand and look"
                )
            }
            try open(layer, beginning)
            layers.append(layer)
        }
    }

    private func open(_ layer: SnapshotLayer, _ beginning: [UInt8]) throws(SourceFailure) {
        let (name, keys) = (name, surroundings.keys)
        let path = try surroundings.programs.require(
            layer.program,
            package: layer.package,
            for: "\(name), which is packed with \(layer.rawValue),"
        )
        try layer.requireKeys(keys, beginning: beginning, of: name)
        let ends = try Descriptor.pipe()
        programs.append(
            try ChildProgram(
                path,
                layer.arguments(keys, environment: surroundings.environment),
                input: head.number,
                output: ends.write.number,
                hasReports: layer.reports,
                environment: surroundings.environment
            ) { layer.verdict(on: $0, of: name, keys) }
        )
        head = ends.read
    }

    /// The next bytes; what was peeked at is among them.
    /// - Returns: how many; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            try surroundings.patience.wait(for: head.number, of: name, hearing: programs)
            let count = Glibc.read(head.number, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw unreadable(errno) }
            return count
        }
    }

    /// Once all is read: whether every program gave all that there was.
    ///
    /// The first that failed of its own is the cause; those before it that nobody listened to any
    /// more, and those behind it that got too little, are not.
    /// - Throws: `SourceFailure`.
    func finish() throws {
        var cause: SourceFailure?
        for program in programs {
            if case .failed(let failure) = program.finish() { cause = cause ?? failure }
        }
        if let cause { throw cause }
    }

    /// What is to be told of it although all of it came; known once it has finished.
    var remarks: [String] { programs.compactMap(\.remark) }

    private func unreadable(_ code: Int32) -> SourceFailure {
        SourceFailure(
            "cannot read \(name): \(SystemText.of(code))",
            hint: "look at the disk or the connection that it comes from"
        )
    }

    // MARK: looking without taking

    /// The next bytes, which stay where they are; all that there are where there are few.
    func beginning() throws -> [UInt8] {
        head.isRegularFile ? try peekFile() : try peekPipe()
    }

    private func peekFile() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.beginningBytes)
        let count = pread(head.number, &bytes, bytes.count, lseek(head.number, 0, SEEK_CUR))
        guard count >= 0 else { throw unreadable(errno) }
        return Array(bytes.prefix(count))
    }

    /// Waits until enough is in the pipe, or all that ever will be.
    private func peekPipe() throws -> [UInt8] {
        let end = ContinuousClock().now + surroundings.patience.limit
        while true {
            try surroundings.patience.wait(for: head.number, of: name, hearing: programs)
            var asked = [pollfd(fd: head.number, events: Int16(POLLIN), revents: 0)]
            _ = poll(&asked, 1, 0)
            let isAll = Int32(asked[0].revents) & POLLHUP != 0
            let bytes = try copyOfPipe()
            if isAll || bytes.count >= Self.beginningBytes { return bytes }
            try surroundings.patience.check(end, name)
            // a few bytes are there, so poll would not wait for more
            usleep(1000)
        }
    }

    private func copyOfPipe() throws -> [UInt8] {
        let copy = try Descriptor.pipe()
        let count = tee(
            head.number,
            copy.write.number,
            Self.beginningBytes,
            UInt32(REKINDLE_TEE_NONBLOCK)
        )
        if count < 0 && errno != EAGAIN { throw unreadable(errno) }
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = Glibc.read(copy.read.number, &bytes, count)
        return Array(bytes.prefix(max(0, got)))
    }
}
