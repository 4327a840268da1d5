import Glibc
import RemoteHost
import Synchronization
import TestSupport
import Testing

@testable import SnapshotStore

/// What a prune deletes, and what it must never delete.
@Suite("A prune")
struct PruneDecisionTests {
    private let now: Double = 1_796_000_000

    /// A destination in memory, where something may happen between two looks.
    private final class Shelf: SnapshotDestination {
        private struct State {
            var files: [String: [UInt8]] = [:]
            var looks: [String] = []
        }
        private let state = Mutex(State())
        let between: @Sendable (Shelf) -> Void

        init(between: @escaping @Sendable (Shelf) -> Void = { _ in }) {
            self.between = between
        }

        var description: String { "shelf" }
        var looks: [String] { state.withLock { $0.looks } }
        var names: Set<String> { state.withLock { Set($0.files.keys) } }

        func place(_ manifest: SnapshotManifest) throws {
            let bytes = try manifest.encoded()
            state.withLock {
                $0.files[manifest.snapshot] = [UInt8](
                    repeating: 7,
                    count: Int(manifest.stored.bytes)
                )
                $0.files[manifest.snapshot + SnapshotName.manifestSuffix] = bytes
            }
        }

        func remove(_ name: String) { state.withLock { $0.files[name] = nil } }

        private func look(_ what: String) -> [String: [UInt8]] {
            let files = state.withLock { state in
                if state.looks.count == 1 { state.looks.append("between") }
                state.looks.append(what)
                return state.files
            }
            if looks.count == 1 { between(self) }
            return files
        }

        func prepare(for name: String) {}
        func entries() -> [StoreEntry] {
            look("entries").map { StoreEntry(name: $0.key, bytes: UInt64($0.value.count)) }
        }
        func manifests() -> [String: [UInt8]] {
            look("manifests").filter { SnapshotName(manifest: $0.key) != nil }
        }
        func put(_ name: String, _ stream: any ByteStream) {}
        func delete(_ names: [String]) { for name in names { remove(name) } }
        func withoutSaves<Value: Sendable>(
            _ body: @Sendable () async throws -> Value
        ) async throws -> Value { try await body() }
    }

    @Test("does not take the backup of a save that ends between its two looks for a leftover")
    func race() async throws {
        let fresh = SampleBackup.manifest(at: 1_795_500_000)
        let shelf = Shelf { try? $0.place(fresh) }
        for day in 1...3 {
            try shelf.place(SampleBackup.manifest(at: 1_795_500_000 - 86_400 * Double(day)))
        }
        let stored = try await shelf.stored()
        #expect(shelf.looks.first == "manifests" && shelf.looks.last == "entries")
        let decision = PruneDecision(stored, keeping: Retention(last: 1), at: now)
        #expect(decision.leftovers.isEmpty)
        #expect(decision.deleted.count == 2)
        shelf.delete(decision.doomed.files)
        #expect(shelf.names.contains(fresh.snapshot))
    }

    @Test("deletes of a leftover its manifest, and nothing that has the snapshot's name")
    func leftover() throws {
        let gone = SampleBackup.manifest()
        let stored = StoredSnapshots(
            entries: [],
            manifests: [gone.snapshot + SnapshotName.manifestSuffix: try gone.encoded()]
        )
        let decision = PruneDecision(stored, keeping: Retention(last: 1), at: now)
        #expect(decision.doomed.files == ["\(gone.snapshot).manifest.json"])
    }

    @Test("deletes a snapshot before its manifest")
    func order() throws {
        let manifests = (0..<3).map { SampleBackup.manifest(at: 1_795_000_000 - 60 * Double($0)) }
        let decision = PruneDecision(
            try SampleBackup.stored(manifests),
            keeping: Retention(last: 2),
            at: now
        )
        let old = manifests[2].snapshot
        #expect(decision.doomed.files == [old, "\(old).manifest.json"])
    }

    @Test("deletes only what it sees a second time exactly as it was")
    func again() throws {
        let manifests = (0..<4).map { SampleBackup.manifest(at: 1_795_000_000 - 60 * Double($0)) }
        func doomed(_ stored: StoredSnapshots) -> PruneDecision.Doomed {
            PruneDecision(stored, keeping: Retention(last: 1), at: now).doomed
        }
        let first = doomed(try SampleBackup.stored(manifests))
        #expect(first.intersection(first) == first)
        // somebody wrote over one, deleted another, and the newest is gone
        var changed = Array(manifests[1...2])
        changed[1].stored.bytes = 99
        let second = doomed(try SampleBackup.stored(changed))
        #expect(first.intersection(second).all.isEmpty)
    }

    @Test("keeps a backup from the future, and does not count it")
    func future() throws {
        let ahead = SampleBackup.manifest(at: now + 10 * 365 * 86_400)
        let soon = SampleBackup.manifest(at: now + StoredSnapshot.clockTolerance - 1)
        let past = (1...3).map { SampleBackup.manifest(at: now - 3600 * Double($0)) }
        let decision = PruneDecision(
            try SampleBackup.stored([ahead, soon] + past),
            keeping: Retention(last: 2),
            at: now
        )
        #expect(decision.ahead.map(\.name.text) == [ahead.snapshot])
        #expect(decision.kept.map(\.snapshot.name.text) == [soon.snapshot, past[0].snapshot])
        #expect(decision.deleted.map(\.name.text) == [past[1].snapshot, past[2].snapshot])
    }

    @Test("keeps the newest of the past, however many are from the future")
    func allAhead() throws {
        let ahead = (1...3).map { SampleBackup.manifest(at: now + 86_400 * Double($0)) }
        let old = SampleBackup.manifest(at: now - 86_400 * 400)
        let decision = PruneDecision(
            try SampleBackup.stored(ahead + [old]),
            keeping: Retention(last: 1),
            at: now
        )
        #expect(decision.kept.map(\.snapshot.name.text) == [old.snapshot])
        #expect(decision.deleted.isEmpty)
    }

    @Test("and a save keep out of one another's way in a directory")
    func lock() async throws {
        let folder = Folder()
        let store = DirectoryStore(path: folder.path)
        try await store.put("x", Bytes([1]))
        try await store.withoutSaves {
            let failure = await #expect(throws: DestinationFailure.self) {
                try await store.put("y", Bytes([1]))
            }
            #expect(failure?.kind == .busy)
            try store.delete(["x"])
        }
        try await store.put("y", Bytes([1]))
        #expect(folder.names == [".rekindle-lock", "y"])
    }

    @Test("does not delete on a member while a save writes there")
    func memberLock() async throws {
        let folder = Folder()
        let store = MemberStore(member: "etcd-1", path: folder.path, run: localShell)
        try await store.put("x", Bytes([1]))
        let held = open(folder.path, O_RDONLY | O_CLOEXEC)
        #expect(flock(held, LOCK_EX) == 0)
        let failure = await #expect(throws: DestinationFailure.self) {
            try await store.delete(["x"])
        }
        #expect(failure?.kind == .busy)
        close(held)
        #expect(folder.names == ["x"])
    }

    @Test(
        "takes half an answer of a host for an error",
        arguments: ["", "3 a.db\0", "3 a.db\0x\0end\0", "nonsense", "3 a.db\0en"]
    )
    func halfList(_ answer: String) async throws {
        let store = MemberStore(member: "etcd-1", path: "/b") { _, _, _ in
            CommandResult(ending: .exited(0), output: Array(answer.utf8))
        }
        let failure = await #expect(throws: DestinationFailure.self) { try await store.entries() }
        #expect(failure?.fact.contains("in part only") == true)
    }

    @Test(
        "takes half of a host's manifests for an error",
        arguments: [
            "", "end", "5 a.manifest.json\n123", "5 a.manifest.json\n12345\n",
            "-1 a.manifest.json\n\nend\n", "x\nend\n",
        ]
    )
    func halfManifests(_ answer: String) async throws {
        let store = MemberStore(member: "etcd-1", path: "/b") { _, _, _ in
            CommandResult(ending: .exited(0), output: Array(answer.utf8))
        }
        await #expect(throws: DestinationFailure.self) { try await store.manifests() }
    }
}
