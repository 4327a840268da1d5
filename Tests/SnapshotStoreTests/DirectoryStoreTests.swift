import EtcdModel
import Foundation
import Glibc
import RemoteHost
import SnapshotSource
import Synchronization
import Testing

@testable import SnapshotStore

@Suite("Snapshots in a directory")
struct DirectoryStoreTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "rekindle-store-\(UUID().uuidString)")
    private var path: String { directory.path }
    /// As the program itself does: one that stops reading is a failed write.
    init() { signal(SIGPIPE, SIG_IGN) }

    private let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }

    private var store: DirectoryStore {
        DirectoryStore(
            path,
            surroundings: SourceSurroundings(environment: ProcessInfo.processInfo.environment)
        )
    }

    private func proof(_ bytes: [UInt8]) throws -> SnapshotProof {
        let digest = try SnapshotDigest(of: "test")
        bytes.withUnsafeBytes { digest.update($0) }
        return SnapshotProof(
            sha256: try digest.finish("test").whole,
            bytes: UInt64(bytes.count),
            revision: 4,
            compactRevision: -1,
            keys: 2,
            totalKeys: 3,
            hashKV: 5
        )
    }

    @discardableResult
    private func keep(
        _ packing: SnapshotPacking = SnapshotPacking(),
        at time: Int64 = 1_795_435_200,
        stream: (any ByteStream)? = nil,
        proof given: SnapshotProof? = nil
    ) async throws -> SnapshotManifest {
        let proof = try given ?? proof(bytes)
        let name = SnapshotName(cluster: "prod", takenAt: time, suffixes: packing.suffixes)
        return try await store.keep(
            name,
            stream ?? MemoryBytes(bytes),
            as: packing,
            proof: proof
        ) {
            SnapshotManifest(
                cluster: "prod",
                takenAt: time,
                member: "etcd-1",
                etcdVersion: "3.5.16",
                file: name.file,
                storedBytes: $0.bytes,
                storedSHA256: $0.sha256,
                layers: packing.layers,
                proof: proof,
                writtenBy: "test"
            )
        }
    }

    private func entries() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private func mode(_ path: String) throws -> Int {
        try #require(
            FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        )
    }

    @Test("are there with their manifest, for their owner alone, and listed as proven")
    func keeps() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let manifest = try await keep()
        #expect(entries() == [manifest.file, manifest.file + ".manifest.json"])
        #expect(try mode(path) == 0o700)
        for entry in entries() { #expect(try mode("\(path)/\(entry)") == 0o600) }
        let listed = try await store.list()
        #expect(listed.map(\.manifest) == [manifest])
        #expect(listed.map(\.state) == [.proven])
        #expect(manifest.storedSHA256 == manifest.snapshot.sha256)
        #expect(
            try Data(contentsOf: URL(filePath: store.location(of: manifest.file))) == Data(bytes)
        )
    }

    @Test("are packed by the programs, and open again", arguments: ["gz", "zst", "zst.gpg", "age"])
    func packs(_ form: String) async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let secret = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-secret-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: secret) }
        let packing: SnapshotPacking
        let opening: String
        switch form {
        case "gz": (packing, opening) = (SnapshotPacking(compression: .gz), "gzip -dc")
        case "zst": (packing, opening) = (SnapshotPacking(compression: .zst), "zstd -dqc")
        case "zst.gpg":
            try "open sesame\n".write(toFile: secret, atomically: true, encoding: .utf8)
            packing = SnapshotPacking(compression: .zst, encryption: .passphrase(file: secret))
            opening =
                "gpg -q --batch --no-tty --no-keyring --no-autostart --pinentry-mode loopback "
                + "--passphrase-file \(secret) -d | zstd -dqc"
        default:
            let made = try run("age-keygen -o \(secret) 2>&1")
            let key = try #require(made.split(separator: " ").last).trimmingCharacters(
                in: .newlines
            )
            packing = SnapshotPacking(encryption: .recipient(key))
            opening = "age -d -i \(secret)"
        }
        let manifest = try await keep(packing)
        #expect(manifest.file.hasSuffix(".db.\(form)"))
        #expect(try await store.list().map(\.state) == [.proven])
        let hash = try run("cat '\(path)/\(manifest.file)' | \(opening) | sha256sum").prefix(64)
        #expect(hash == manifest.snapshot.sha256)
        let stored = try run("sha256sum <'\(path)/\(manifest.file)'").prefix(64)
        #expect(stored == manifest.storedSHA256)
    }

    @Test("never take a name that is taken")
    func taken() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let manifest = try await keep()
        let before = try Data(contentsOf: URL(filePath: store.location(of: manifest.file)))
        let error = await #expect(throws: SourceFailure.self) { try await keep() }
        #expect(error?.fact.contains("is there already") == true)
        #expect(entries().count == 2)
        #expect(try Data(contentsOf: URL(filePath: store.location(of: manifest.file))) == before)
    }

    @Test("are not there at all where the source ends too early, or gives other bytes")
    func wrongBytes() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let error = await #expect(throws: SourceFailure.self) {
            try await keep(
                SnapshotPacking(compression: .zst),
                stream: MemoryBytes(Array(bytes.dropLast()))
            )
        }
        #expect(error?.fact.contains("not those that were proven") == true)
        #expect(entries() == [])
    }

    @Test("are not there at all where the program fails, which says why")
    func programFails() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let error = await #expect(throws: SourceFailure.self) {
            try await keep(SnapshotPacking(encryption: .recipient("nobody@nowhere.invalid")))
        }
        #expect(error?.fact == "gpg could not pack the snapshot")
        #expect(error?.evidence.isEmpty == false)
        #expect(entries() == [])
    }

    @Test("a killed run's part is removed by the next one, and a living run's is not")
    func leftParts() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for name in [".rekindle-part-1-2", ".rekindle-part-3-4"] {
            _ = FileManager.default.createFile(
                atPath: "\(path)/\(name)",
                contents: Data("half".utf8)
            )
        }
        let held = open("\(path)/.rekindle-part-3-4", O_RDONLY)
        defer { close(held) }
        #expect(flock(held, LOCK_EX) == 0)
        try await keep()
        #expect(entries().filter { $0.hasPrefix(".") } == [".rekindle-part-3-4"])
    }

    @Test(
        "that are not as their manifest says are listed as damaged; others' files as they are, or not at all"
    )
    func states() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let manifest = try await keep()
        try Data("short".utf8).write(to: URL(filePath: "\(path)/\(manifest.file)"))
        for name in [
            "prod-20261123T120001Z.db", "notes.txt", "orphan-20261123T120001Z.db.manifest.json",
        ] {
            try Data("x".utf8).write(to: URL(filePath: "\(path)/\(name)"))
        }
        let listed = try await store.list()
        #expect(listed.map(\.state) == [.damaged, .unproven])
    }

    @Test("go with their manifest, and once more without harm")
    func delete() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try await keep()
        try await keep(at: 1_795_435_201)
        let oldest = try #require(try await store.list().first)
        try await store.delete(oldest)
        try await store.delete(oldest)
        #expect(try await store.list().map(\.name.takenAt) == [1_795_435_201])
        #expect(entries().count == 2)
    }

    @Test("a directory that cannot be listed is told")
    func noDirectory() async throws {
        await #expect(throws: SourceFailure.self) { try await store.list() }
    }

    private func run(_ line: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

private final class MemoryBytes: ByteStream {
    private let bytes: Mutex<ArraySlice<UInt8>>

    init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes[...]) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        bytes.withLock { rest in
            let part = rest.prefix(buffer.count)
            buffer.copyBytes(from: part)
            rest = rest.dropFirst(part.count)
            return part.count
        }
    }
}
