import EtcdModel
import Foundation
import Glibc
import RemoteHost
import TestSupport
import Testing

@testable import SnapshotSource

@Suite("The encrypted copy of a streamed snapshot")
struct SpoolTests {
    private func spool(_ bytes: [UInt8], in folder: SourceFolder) throws -> EncryptedSpool {
        let spool = try EncryptedSpool(of: "x", in: folder.file("state"))
        // in pieces whose ends are on no block of the cipher
        for start in stride(from: 0, to: bytes.count, by: 4099) {
            var piece = Array(bytes[start..<min(start + 4099, bytes.count)])
            try piece.withUnsafeMutableBytes { try spool.append($0) }
        }
        return spool
    }

    @Test("gives back any part of what was put in")
    func parts() throws {
        let folder = try SourceFolder()
        let bytes = try SampleSnapshot.small()
        let spool = try spool(bytes, in: folder)
        #expect(spool.bytes == UInt64(bytes.count))
        for offset in [0, 1, 15, 16, 17, 4095, 4099, 40_000, bytes.count - 1, bytes.count] {
            for count in [0, 1, 15, 16, 33, 5000] where offset + count <= bytes.count {
                var part = [UInt8](repeating: 0, count: count)
                try part.withUnsafeMutableBytes { try spool.read(at: offset, into: $0) }
                #expect(part == Array(bytes[offset..<(offset + count)]), "\(offset), \(count)")
            }
        }
    }

    @Test("has no name, is for this user alone, and holds nothing that can be read")
    func secret() throws {
        let folder = try SourceFolder()
        let bytes = try SampleSnapshot.small()
        let spool = try spool(bytes, in: folder)
        #expect(try folder.stateFiles() == [])
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            .map { "/proc/self/fd/\($0)" }
            .filter { link in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: link))?
                    .hasPrefix(folder.file("state")) == true
            }
        #expect(open.count == 1)
        let file = try #require(open.first)
        var status = stat()
        try #require(stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_nlink == 0)
        let kept = try Data(contentsOf: URL(filePath: file))
        #expect(kept.count == bytes.count)
        // every page of the snapshot begins with zeros, and its names are text
        let plain = Data(bytes)
        #expect(plain.range(of: Data("members".utf8)) != nil)
        #expect(kept.range(of: Data("members".utf8)) == nil)
        #expect(kept.range(of: Data(count: 8)) == nil)
        withExtendedLifetime(spool) {}
    }

    @Test("is sealed with another key every time")
    func keys() throws {
        var first = [UInt8](repeating: 0, count: 64)
        var second = first
        try first.withUnsafeMutableBytes { try SpoolCipher().turn($0, at: 0) }
        try second.withUnsafeMutableBytes { try SpoolCipher().turn($0, at: 0) }
        #expect(first != second)
        #expect(
            Set(stride(from: 0, to: 64, by: 16).map { Array(first[$0..<($0 + 16)]) }).count == 4
        )
    }

    @Test("is refused before a byte is written where there is no room for it")
    func room() throws {
        let folder = try SourceFolder()
        let spool = try EncryptedSpool(of: "prod.db.gz", in: folder.file("state"))
        try spool.requireRoom(for: 1)
        let failure = try #require(throws: SourceFailure.self) {
            try spool.requireRoom(for: 1 << 60)
        }
        #expect(failure.fact.contains("encrypted copy of prod.db.gz takes 1099511627776 MiB"))
        #expect(failure.hint.contains("--state-dir"))
    }

    @Test("says where it cannot be")
    func nowhere() throws {
        let failure = try #require(throws: SourceFailure.self) {
            _ = try EncryptedSpool(of: "x", in: "/no/such/directory")
        }
        #expect(failure.fact.contains("in /no/such/directory: no such file or directory"))
    }
}
