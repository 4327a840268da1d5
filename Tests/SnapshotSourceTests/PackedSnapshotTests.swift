import CZstd
import RemoteHost
import Synchronization
import TestSupport
import Testing

@testable import SnapshotSource

/// A snapshot in memory that counts what was read of it.
private final class CountedSource: Sendable {
    let bytes: [UInt8]
    private let counts = Mutex((opened: 0, read: 0, failures: 0))

    init(_ bytes: [UInt8], failures: Int = 0) {
        self.bytes = bytes
        counts.withLock { $0.failures = failures }
    }

    var opened: Int { counts.withLock(\.opened) }
    var read: Int { counts.withLock(\.read) }

    struct Broken: Error {}

    func open(_ offset: UInt64) -> any ByteStream {
        counts.withLock { $0.opened += 1 }
        return Stream(source: self, position: Int(offset))
    }

    private final class Stream: ByteStream {
        let source: CountedSource
        let position: Mutex<Int>

        init(source: CountedSource, position: Int) {
            self.source = source
            self.position = Mutex(position)
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let mayFail = source.counts.withLock { counts in
                counts.failures -= 1
                return counts.failures >= 0
            }
            if mayFail { throw Broken() }
            return position.withLock { position in
                // in odd pieces, as a pipe gives them
                let part = source.bytes[position...].prefix(min(buffer.count, 7919))
                buffer.copyBytes(from: part)
                position += part.count
                source.counts.withLock { $0.read += part.count }
                return part.count
            }
        }
    }
}

/// Bytes of which some parts shrink and some do not.
private enum Sample {
    static func text(_ count: Int) -> [UInt8] {
        let line = Array(#"{"kind":"Pod","metadata":{"name":"web-17","namespace":"shop"}}"#.utf8)
        return (0..<count).map { line[$0 % line.count] &+ UInt8($0 / 5000 % 3) }
    }

    static func noise(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

private func rest(of stream: any ByteStream, by size: Int = 50_000) throws -> [UInt8] {
    var all: [UInt8] = []
    while case let part = try next(of: stream, size), !part.isEmpty { all += part }
    return all
}

private func next(of stream: any ByteStream, _ size: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = try stream.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
}

/// What a host's own lines make of a form, with the programs of this machine.
private func unpackedByHost(_ packed: [UInt8], _ form: WireForm) throws -> [UInt8] {
    let line = "REKINDLE_PACKED=\(form.rawValue); \(WireForm.unpacking)"
    let result = try ShellProcess(line, input: .bytes(packed)).finish()
    #expect(result.status == 0, "\(result.errorText)")
    return result.output
}

/// What libzstd makes of any number of frames.
private func unpacked(_ frames: [UInt8], _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count + 1)
    let size = ZSTD_decompress(&bytes, bytes.count, frames, frames.count)
    return ZSTD_isError(size) != 0 ? nil : Array(bytes[..<size])
}

@Suite("A snapshot on its way to many hosts")
struct PackedSnapshotTests {
    private static let chunk = 64 << 10

    private static func snapshot(
        _ source: CountedSource,
        cacheChunks: Int = 100
    ) -> PackedSnapshot {
        PackedSnapshot(
            bytes: UInt64(source.bytes.count),
            chunkBytes: chunk,
            cacheBytes: cacheChunks * chunk
        ) { source.open($0) }
    }

    @Test(
        "unpacks to the snapshot, whatever its size and wherever an upload begins",
        arguments: [0, 1, chunk - 1, chunk, chunk + 1, 5 * chunk + 12_345]
    )
    func sizes(_ count: Int) throws {
        for bytes in [Sample.text(count), Sample.noise(count)] {
            let source = CountedSource(bytes)
            for offset in Set([0, 1, count / 3, count - 1, count]) where 0...count ~= offset {
                let snapshot = Self.snapshot(source)
                let frames = try rest(of: snapshot.stream(from: UInt64(offset), as: .zstd))
                // `zstd -d` takes no input at all for an error
                #expect(!frames.isEmpty)
                #expect(unpacked(frames, count) == Array(bytes[offset...]))
                let plain = snapshot.stream(from: UInt64(offset), as: .plain)
                #expect(try rest(of: plain) == Array(bytes[offset...]))
            }
        }
    }

    @Test(
        "a host's own programs unpack every form of it, wherever an upload begins",
        arguments: WireForm.allCases,
        [0, 1, 5 * chunk + 12_345]
    )
    func hosts(_ form: WireForm, _ count: Int) throws {
        let text = Sample.text(count)
        for bytes in [text, Sample.noise(count), text + Sample.noise(count) + text] {
            let snapshot = Self.snapshot(CountedSource(bytes))
            for offset in Set([0, bytes.count / 3, bytes.count]) {
                let packed = try rest(of: snapshot.stream(from: UInt64(offset), as: form))
                #expect(try unpackedByHost(packed, form) == Array(bytes[offset...]))
            }
        }
    }

    @Test("what gzip only stores is what it would have packed")
    func stored() throws {
        let bytes = Sample.text(3 * Self.chunk)
        let snapshot = Self.snapshot(CountedSource(bytes))
        var members: [UInt8] = []
        for (index, packing) in [Packing.gzip, .gzipStored, .gzip].enumerated() {
            let chunk = try snapshot.chunk(at: UInt64(index * Self.chunk), packing)
            let isPacked = chunk.bytes.count < Self.chunk / 4
            #expect(isPacked == (packing == .gzip))
            members += chunk.bytes
        }
        #expect(try unpackedByHost(members, .gzip) == bytes)
    }

    @Test("takes the best form that a host can unpack, and the plain one where nothing shrinks")
    func forms() throws {
        let text = CountedSource(Sample.text(3 << 20))
        let noise = CountedSource(Sample.noise(3 << 20))
        // a few pages of text do not make it worth while
        let mostlyNoise = CountedSource(Sample.text(8192) + noise.bytes)
        func form(_ source: CountedSource, _ unpackers: Set<WireForm>) throws -> WireForm {
            try Self.snapshot(source).form(among: unpackers)
        }
        #expect(try form(text, [.zstd, .gzip]) == .zstd)
        #expect(try form(text, [.gzip]) == .gzip)
        #expect(try form(text, []) == .plain)
        #expect(text.opened == 2 * 4, "a host that can unpack nothing needs no sample")
        #expect(try form(noise, [.zstd, .gzip]) == .plain)
        #expect(try form(mostlyNoise, [.zstd]) == .plain)
        #expect(try form(CountedSource([]), [.zstd]) == .plain)
    }

    @Test("knows about how many bytes the rest makes on the wire, once it was sampled")
    func expected() throws {
        let text = Self.snapshot(CountedSource(Sample.text(3 << 20)))
        #expect(text.stream(from: 0, as: .zstd).expectedBytes == nil)
        #expect(text.stream(from: 1 << 20, as: .plain).expectedBytes == 2 << 20)
        _ = try text.form(among: [.zstd])
        let expected = try #require(text.stream(from: 1 << 20, as: .zstd).expectedBytes)
        let sent = try rest(of: text.stream(from: 1 << 20, as: .zstd)).count
        #expect(Int(expected) > sent / 3 && Int(expected) < sent * 3)
        #expect(text.stream(from: 5 << 20, as: .plain).expectedBytes == 0)
    }

    @Test("looks at the snapshot once for all hosts")
    func oneSample() throws {
        let source = CountedSource(Sample.text(3 << 20))
        let snapshot = Self.snapshot(source)
        for _ in 0..<9 { _ = try snapshot.form(among: [.zstd]) }
        #expect(source.opened == 4)
        #expect(source.read <= 1 << 20)
    }

    @Test("packs a chunk ahead once, and not what a host has asked for already")
    func ahead() throws {
        let source = CountedSource(Sample.text(2 * Self.chunk))
        let snapshot = Self.snapshot(source)
        let first = try snapshot.chunk(at: 0, .zstd)
        snapshot.packAhead(at: 0, .zstd)
        for _ in 0..<3 { snapshot.packAhead(at: UInt64(Self.chunk), .zstd) }
        let second = try snapshot.chunk(at: UInt64(Self.chunk), .zstd)
        #expect(unpacked(first.bytes + second.bytes, 2 * Self.chunk) == source.bytes)
        #expect(source.read == 2 * Self.chunk)
    }

    @Test("sends what does not shrink as it is, and shrinks again what does")
    func mixed() throws {
        let noise = Sample.noise(20 * Self.chunk)
        let text = Sample.text(40 * Self.chunk)
        let bytes = noise + text
        let stream = Self.snapshot(CountedSource(bytes)).stream(from: 0, as: .zstd)
        let frames = try rest(of: stream)
        #expect(unpacked(frames, bytes.count) == bytes)
        // no more than the headers on top, and not for long after the noise has ended
        #expect(frames.count < noise.count + 400 + text.count / 4)
        let onlyNoise = Self.snapshot(CountedSource(noise)).stream(from: 0, as: .zstd)
        #expect(try rest(of: onlyNoise).count < noise.count + 20 * 20)
    }

    @Test("reads and packs once for nine hosts in step")
    func inStep() throws {
        let bytes = Sample.text(30 * Self.chunk + 5)
        let source = CountedSource(bytes)
        let snapshot = Self.snapshot(source, cacheChunks: 4)
        let streams = (0..<9).map { _ in snapshot.stream(from: 0, as: .zstd) }
        var frames = [[UInt8]](repeating: [], count: 9)
        var hasMore = true
        while hasMore {
            hasMore = false
            for (index, stream) in streams.enumerated() {
                let part = try next(of: stream, 3000)
                frames[index] += part
                hasMore = hasMore || !part.isEmpty
            }
        }
        for host in frames { #expect(unpacked(host, bytes.count) == bytes) }
        #expect(source.opened == 1)
        #expect(source.read == bytes.count)
    }

    @Test("gives a host that is far behind the same bytes, and the others do not wait for it")
    func behind() throws {
        let bytes = Sample.noise(30 * Self.chunk)
        let source = CountedSource(bytes)
        let snapshot = Self.snapshot(source, cacheChunks: 3)
        let slow = snapshot.stream(from: 0, as: .zstd)
        let first = try next(of: slow, 1000)
        #expect(unpacked(try rest(of: snapshot.stream(from: 0, as: .zstd)), bytes.count) == bytes)
        let late = first + (try rest(of: slow))
        #expect(unpacked(late, bytes.count) == bytes)
        #expect(source.read <= 2 * bytes.count)
    }

    @Test("many hosts at once, each on a thread of its own, get the same bytes")
    func atOnce() async throws {
        let bytes = Sample.text(60 * Self.chunk + 77)
        let snapshot = Self.snapshot(CountedSource(bytes), cacheChunks: 3)
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            for host in 0..<6 {
                group.addTask { @concurrent in
                    let offset = host * 1000
                    let stream = snapshot.stream(from: UInt64(offset), as: .zstd)
                    let frames = try rest(of: stream, by: 900 + host * 517)
                    return unpacked(frames, bytes.count).map { bytes[..<offset] + $0 }
                }
            }
            for try await host in group { #expect(host == bytes) }
        }
    }

    @Test("a source that fails fails the hosts that read then, and no later one")
    func broken() throws {
        let bytes = Sample.text(3 * Self.chunk)
        let snapshot = Self.snapshot(CountedSource(bytes, failures: 1))
        #expect(throws: CountedSource.Broken.self) {
            try rest(of: snapshot.stream(from: 0, as: .zstd))
        }
        #expect(unpacked(try rest(of: snapshot.stream(from: 0, as: .zstd)), bytes.count) == bytes)
    }

    @Test("tells how much of the snapshot was taken, and of the wire")
    func report() throws {
        let bytes = Sample.text(4 * Self.chunk)
        let told = Mutex<[(UInt64, UInt64)]>([])
        let stream = Self.snapshot(CountedSource(bytes)).stream(from: 100, as: .zstd) { a, b in
            told.withLock { $0.append((a, b)) }
        }
        let frames = try rest(of: stream, by: 500)
        let reports = told.withLock { $0 }
        #expect(reports.map(\.0) == reports.map(\.0).sorted())
        #expect(reports.last?.0 == UInt64(bytes.count))
        #expect(reports.last?.1 == UInt64(frames.count))
        #expect(reports.first.map { $0.0 >= 100 && $0.0 < bytes.count / 2 } == true)
    }
}
