import EtcdModel
import Glibc
import RemoteHost
import Testing

@testable import SnapshotSource

@Suite("A snapshot that another host sends", .serialized)
struct StreamTests {
    private static let place = SnapshotLocation.member(name: "etcd-1", path: "/backup/prod.db")

    private func prove(
        // a busy machine is no host that stalls
        patience: Duration = .seconds(600),
        _ fetch: @escaping SnapshotOpening.Fetch
    ) async throws -> ProvenSnapshot {
        let folder = try SourceFolder()
        let proven = try await folder.opening(Self.place, patience: patience, fetch: fetch).prove()
        #expect(try folder.stateFiles() == [])
        return proven
    }

    /// On a thread of its own, as a connection does.
    private static func send(_ bytes: [UInt8], to sink: any ByteSink) async throws {
        try await OwnThread.run(Patience()) {
            for start in stride(from: 0, to: bytes.count, by: 30_001) {
                let piece = bytes[start..<min(start + 30_001, bytes.count)]
                try piece.withUnsafeBytes { try sink.write($0) }
            }
        }
    }

    @Test("is proven and at hand as it came")
    func proven() async throws {
        let bytes = try SampleSnapshot.large()
        let proven = try await prove { member, path, sink in
            #expect(member == "etcd-1")
            #expect(path == "/backup/prod.db")
            try await Self.send(bytes, to: sink)
        }
        #expect(proven.location == Self.place)
        #expect(proven.proof.bytes == UInt64(bytes.count))
        #expect(try proven.allBytes() == bytes)
    }

    @Test("comes off its layers on the way", .enabled(if: Tools.has("gzip"), "needs gzip"))
    func packed() async throws {
        let folder = try SourceFolder()
        let bytes = try SampleSnapshot.large()
        try folder.write(bytes, to: "snapshot.db")
        try folder.sh("gzip snapshot.db")
        let packed = try folder.bytes("snapshot.db.gz")
        let proven = try await prove { _, _, sink in try await Self.send(packed, to: sink) }
        #expect(proven.layers == ["gzip"])
        #expect(try proven.allBytes() == bytes)
    }

    @Test("fails with the host's own reason, whatever came before", arguments: [0, 100, 200_000])
    func hostFails(_ count: Int) async throws {
        let bytes = Array(try SampleSnapshot.large().prefix(count))
        let failure = HostFailure(.disconnected, host: "etcd-1", "the connection broke")
        await #expect(throws: failure) {
            try await prove { _, _, sink in
                try await Self.send(bytes, to: sink)
                throw failure
            }
        }
    }

    @Test("is told as cut short where it ends early")
    func endsEarly() async throws {
        let bytes = Array(try SampleSnapshot.large().prefix(200_000))
        let trouble = try await SourceTrouble {
            try await prove { _, _, sink in try await Self.send(bytes, to: sink) }
        }
        #expect(trouble.fact.hasPrefix("etcd-1:/backup/prod.db is truncated: 200000 bytes of"))
    }

    @Test("is refused at its first bytes where it is none, however much would come")
    func noSnapshot() async throws {
        let trouble = try await SourceTrouble {
            try await prove { _, _, sink in
                let zeros = [UInt8](repeating: 0, count: 1 << 20)
                while true { try await Self.send(zeros, to: sink) }
            }
        }
        #expect(trouble.fact.contains("begins with zeros"))
    }

    @Test("is given up where it never ends")
    func endless() async throws {
        let bytes = try SampleSnapshot.small()
        let trouble = try await SourceTrouble {
            try await prove { _, _, sink in
                try await Self.send(bytes, to: sink)
                while true { try await Self.send(bytes, to: sink) }
            }
        }
        #expect(trouble.fact.contains("does not end"))
    }

    @Test("is given up where it goes silent", arguments: [0, 3, 200_000])
    func stalled(_ count: Int) async throws {
        let bytes = Array(try SampleSnapshot.large().prefix(count))
        let trouble = try await SourceTrouble {
            try await prove(patience: .milliseconds(300)) { _, _, sink in
                try await Self.send(bytes, to: sink)
                try await Task.sleep(for: .seconds(600))
            }
        }
        #expect(trouble.fact.contains("stalled: not one byte"))
    }

    @Test("ends with the task that wants it")
    func cancelled() async throws {
        let task = Task {
            try await prove { _, _, _ in try await Task.sleep(for: .seconds(600)) }
        }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
