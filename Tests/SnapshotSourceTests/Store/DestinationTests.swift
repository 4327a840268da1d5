import EtcdModel
import Glibc
import LocalTransport
import RemoteHost
import Testing

@testable import SnapshotStore

/// What every destination promises, asked of each.
struct DestinationContract {
    let store: any SnapshotDestination

    func check() async throws {
        try await storesAndDeletes()
        try await keepsWhatIsThere()
        try await leavesNothingOfHalf()
    }

    private func names() async throws -> Set<String> {
        Set(try await store.entries().map(\.name)).filter { !$0.hasPrefix(".") }
    }

    private func storesAndDeletes() async throws {
        let manifest = SampleBackup.manifest(stored: 700_000)
        let file = manifest.snapshot
        let manifestFile = file + SnapshotName.manifestSuffix
        try await store.put(file, Bytes([UInt8](repeating: 7, count: 700_000)))
        try await store.put(manifestFile, Bytes(try manifest.encoded()))
        #expect(try await names() == [file, manifestFile])
        let listed = StoredSnapshots(
            entries: try await store.entries(),
            manifests: try await store.manifests()
        )
        #expect(listed.all.map(\.state) == [.proven])
        #expect(listed.all.first?.manifest == manifest)
        try await store.delete([file, "prod-20200101T000000Z.db", manifestFile])
        #expect(try await names().isEmpty)
        #expect(try await store.manifests().isEmpty)
    }

    private func keepsWhatIsThere() async throws {
        try await store.put("a-20261118T110640Z.db", Bytes([1, 2, 3]))
        let failure = await #expect(throws: DestinationFailure.self) {
            try await store.put("a-20261118T110640Z.db", Bytes([9]))
        }
        #expect(failure?.kind == .exists)
        #expect(try await store.entries().first { $0.name.hasPrefix("a-") }?.bytes == 3)
        try await store.delete(["a-20261118T110640Z.db"])
    }

    private func leavesNothingOfHalf() async throws {
        let half = Bytes([UInt8](repeating: 1, count: 300_000), failing: BrokenStream())
        await #expect(throws: BrokenStream.self) {
            try await store.put("b-20261118T110640Z.db", half)
        }
        #expect(try await names().isEmpty)
    }
}

/// A script of a member store, run on this machine.
func localShell(
    _ command: RemoteCommand,
    _ input: CommandInput,
    _ limits: CommandLimits
) async throws -> CommandResult {
    let connection = try await LocalConnector().connect(
        to: HostEndpoint(host: "here", user: "nobody")
    )
    let result: Result<CommandResult, any Error>
    do {
        result = .success(
            try await connection.run(command, input: input, output: .kept, limits: limits)
        )
    } catch {
        result = .failure(error)
    }
    await connection.close()
    return try result.get()
}

@Suite("A destination on a member")
struct MemberStoreTests {
    @Test("keeps the contract of destinations, and is for its owner alone")
    func contract() async throws {
        let folder = Folder()
        let store = MemberStore(member: "etcd-1", path: folder.path, run: localShell)
        try await DestinationContract(store: store).check()
        #expect(folder.names.isEmpty)
        try await store.put("x", Bytes([1]))
        var status = stat()
        #expect(stat("\(folder.path)/x", &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("takes one save at a time, and clears what a killed one left")
    func lock() async throws {
        let folder = Folder()
        let store = MemberStore(member: "etcd-1", path: folder.path, run: localShell)
        close(open("\(folder.path)/.rekindle-part-old.db", O_CREAT | O_WRONLY, 0o600))
        var old = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        utimensat(AT_FDCWD, "\(folder.path)/.rekindle-part-old.db", &old, 0)
        // it may be another save's, which has only to be named
        close(open("\(folder.path)/.rekindle-part-new.db", O_CREAT | O_WRONLY, 0o600))
        let held = open(folder.path, O_RDONLY | O_CLOEXEC)
        #expect(flock(held, LOCK_EX) == 0)
        for attempt in [
            { try await store.prepare(for: "x") }, { try await store.put("x", Bytes([1])) },
        ] {
            let failure = await #expect(throws: DestinationFailure.self) { try await attempt() }
            #expect(failure?.kind == .busy)
        }
        close(held)
        try await store.put("x", Bytes([1]))
        #expect(folder.names == [".rekindle-part-new.db", "x"])
    }

    @Test("says what the host said")
    func failures() async throws {
        let store = MemberStore(member: "etcd-1", path: "/nonexistent/backups", run: localShell)
        let failure = await #expect(throws: DestinationFailure.self) { try await store.entries() }
        #expect(failure?.fact.hasPrefix("etcd-1: cannot use /nonexistent/backups") == true)
        #expect(failure?.evidence.contains { $0.contains("No such file") } == true)
    }
}

@Suite("A destination in a directory")
struct DirectoryStoreTests {
    @Test("keeps the contract of destinations")
    func contract() async throws {
        let folder = Folder()
        try await DestinationContract(store: DirectoryStore(path: folder.path)).check()
        #expect(folder.names == [".rekindle-lock"])
    }

    @Test("is for its owner alone")
    func modes() async throws {
        let folder = Folder()
        let path = "\(folder.path)/made"
        try await DirectoryStore(path: path).put("x", Bytes([1]))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(stat("\(path)/x", &status) == 0 && status.st_mode & 0o777 == 0o600)
        for name in ["x", ".rekindle-lock"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    @Test("takes one save at a time, and clears what a killed one left")
    func lock() async throws {
        let folder = Folder()
        let store = DirectoryStore(path: folder.path)
        let left = "\(folder.path)/.rekindle-part-old.db"
        close(open(left, O_CREAT | O_WRONLY, 0o600))
        let held = open("\(folder.path)/.rekindle-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(held, LOCK_EX) == 0)
        let failure = await #expect(throws: DestinationFailure.self) {
            try await store.put("x", Bytes([1]))
        }
        #expect(failure?.kind == .busy)
        #expect(folder.names == [".rekindle-lock", ".rekindle-part-old.db"])
        // a child that another test has just forked still has the file, and with it the lock
        flock(held, LOCK_UN)
        close(held)
        try await store.put("x", Bytes([1]))
        #expect(folder.names == [".rekindle-lock", "x"])
    }

    @Test("that is not there is told so")
    func missing() async {
        let store: any SnapshotDestination = DirectoryStore(path: "/nonexistent/backups")
        let failure = await #expect(throws: DestinationFailure.self) {
            try await store.entries()
        }
        #expect(failure?.fact.contains("cannot list /nonexistent/backups") == true)
        #expect(failure?.hint.contains("path") == true)
    }
}
