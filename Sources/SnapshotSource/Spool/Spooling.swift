import EtcdModel
import Glibc

/// Reads a stream once: hashes it, seals it, keeps it, and then proves it.
enum Spooling {
    /// Both header pages, of the largest size (bbolt's `meta`), are in the first of these bytes.
    private static let frontBytes = 2 * 65536

    /// What a raw copy of `member/snap/db` may have behind its pages; more is no snapshot's end.
    private static let slack: UInt64 = 32 << 20

    /// Reads no more than what tells a database, whose layers are taken off, from anything else.
    /// - Throws: `SnapshotFileError`, `SourceFailure`, `CancellationError`.
    static func requireDatabase(_ stream: LayeredStream) throws {
        try withFront { _ = try front(of: stream, in: $0) }
    }

    private static func withFront<Value>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        let front = UnsafeMutableRawBufferPointer.allocate(
            byteCount: frontBytes,
            alignment: 4096
        )
        defer { front.deallocate() }
        return try body(front)
    }

    /// - Returns: the first bytes, and how many there are in all by the database's own header.
    private static func front(
        of stream: LayeredStream,
        in buffer: UnsafeMutableRawBufferPointer
    ) throws -> (UnsafeMutableRawBufferPointer, expected: UInt64) {
        let beginning = try stream.peel()
        let count = try fill(buffer, from: stream)
        // one that ended may have failed, and then its bytes say nothing
        if count < buffer.count { try stream.finish() }
        let first = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(count))
        return (
            first, try expectedBytes(UnsafeRawBufferPointer(first), beginning, stream.name)
        )
    }

    /// - Throws: `SnapshotFileError`, `SourceFailure`, `CancellationError`.
    static func prove(
        _ stream: LayeredStream,
        in directory: () throws -> String
    ) throws -> (EncryptedSpool, SnapshotProof) {
        try withFront { try prove(stream, in: directory, front: $0) }
    }

    private static func prove(
        _ stream: LayeredStream,
        in directory: () throws -> String,
        front: UnsafeMutableRawBufferPointer
    ) throws -> (EncryptedSpool, SnapshotProof) {
        let (first, expected) = try Self.front(of: stream, in: front)
        let spool = try EncryptedSpool(of: stream.name, in: try directory())
        try spool.requireRoom(for: expected)
        let digest = try SnapshotDigest(of: stream.name)
        digest.update(UnsafeRawBufferPointer(first))
        try spool.append(first)
        if first.count == front.count {
            try copyRest(of: stream, to: spool, digest, atMost: expected + slack)
            try stream.finish()
        }
        return (spool, try SnapshotProver.prove(spool, try digest.finish(stream.name)))
    }

    private static func copyRest(
        of stream: LayeredStream,
        to spool: EncryptedSpool,
        _ digest: SnapshotDigest,
        atMost limit: UInt64
    ) throws {
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: SnapshotDigest.blockBytes,
            alignment: 4096
        )
        defer { block.deallocate() }
        while true {
            let count = try fill(block, from: stream)
            let part = UnsafeMutableRawBufferPointer(rebasing: block.prefix(count))
            digest.update(UnsafeRawBufferPointer(part))
            try spool.append(part)
            if count < block.count { return }
            guard spool.bytes <= limit else {
                throw SourceFailure(
                    "\(stream.name) does not end: \(spool.bytes) bytes came, and by its own header "
                        + "the snapshot has \(limit - slack)",
                    hint: "something else is behind it; fetch it again, or take an older snapshot"
                )
            }
        }
    }

    /// - Returns: how many bytes; fewer than there is room for only at the end.
    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        from stream: LayeredStream
    ) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try stream.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            )
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// By the database's own header: what is none need not be read to its end, if it has one.
    private static func expectedBytes(
        _ front: UnsafeRawBufferPointer,
        _ beginning: [UInt8],
        _ name: String
    ) throws -> UInt64 {
        do {
            guard !front.isEmpty else { throw SnapshotFault.empty }
            try SnapshotProver.requireNoTar(beginning)
            do {
                return try SnapshotContent.databaseBytes(Front(bytes: front))
                    + SnapshotTrailer.bytes
            } catch SnapshotFault.notADatabase {
                throw SnapshotProver.notADatabase(beginning, bytes: UInt64(front.count))
            }
        } catch let fault as SnapshotFault {
            throw SnapshotFileError(path: name, problem: .fault(fault))
        }
    }

    private struct Front: DatabaseBytes {
        let bytes: UnsafeRawBufferPointer
        var count: Int { bytes.count }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
            buffer.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + buffer.count)])
            )
        }
    }
}
