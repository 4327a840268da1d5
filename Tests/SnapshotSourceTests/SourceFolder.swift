import EtcdModel
import FoundationEssentials
import Glibc
import RemoteHost
import TestSupport
import Testing

@testable import SnapshotSource

/// A folder of a test's own, with keys for gpg and age that nobody else has.
final class SourceFolder: Sendable {
    let path: String

    init() throws {
        // short: gpg's agent has its socket in it, whose path has 107 bytes at most
        path = "/tmp/rekindle-src-\(UUID().uuidString.prefix(8))"
        for folder in [path, "\(path)/gnupg", "\(path)/state"] {
            try #require(mkdir(folder, 0o700) == 0)
        }
    }

    deinit {
        _ = try? sh("gpgconf --kill all 2>/dev/null; true")
        try? FileManager.default.removeItem(atPath: path)
    }

    var environment: [String: String] {
        ["PATH": "/usr/bin:/bin", "HOME": path, "GNUPGHOME": "\(path)/gnupg"]
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: file(name))))
    }

    /// A line for a shell in the folder; throws unless it succeeds.
    @discardableResult
    func sh(_ line: String) throws -> String {
        let result = try ShellProcess(
            line,
            environment: environment.map { "\($0.key)=\($0.value)" },
            workingDirectory: path
        )
        .finish()
        guard result.status == 0 else {
            throw LineFailed(description: "\(line): \(result.errorText)")
        }
        return result.outputText
    }

    // MARK: opening

    func opening(
        _ location: SnapshotLocation,
        _ keys: LayerKeys = LayerKeys(),
        endpoint: String? = nil,
        environment: [String: String] = [:],
        patience: Duration = .seconds(600),
        fetch: @escaping SnapshotOpening.Fetch = { _, _, _ in Issue.record("no member was asked") }
    ) -> SnapshotOpening {
        SnapshotOpening(
            location,
            surroundings: SourceSurroundings(
                keys: keys,
                endpointURL: endpoint,
                environment: self.environment.merging(environment) { $1 },
                patience: Patience(patience)
            ),
            spoolDirectory: { [path] in "\(path)/state" },
            fetch: fetch
        )
    }

    /// Proves an object, `latest` as the commands choose it where no cluster is known.
    ///
    /// - Returns: With what was passed over before its other remarks.
    func proveObject(
        _ place: BucketPlace,
        _ keys: LayerKeys = LayerKeys(),
        endpoint: String? = nil,
        environment: [String: String]
    ) async throws -> ProvenSnapshot {
        var (place, passed) = (place, [String]())
        if place.isNewest {
            let surroundings = SourceSurroundings(
                keys: keys,
                endpointURL: endpoint,
                environment: self.environment.merging(environment) { $1 }
            )
            let content = LatestContent(surroundings)
            let walk = LatestWalk(
                judge: { _ in .unknown },
                content: { try await content.problem(of: $0) }
            )
            let choice = try await walk.choose(
                try await BucketFolder.latestObjects(at: place, surroundings: surroundings)
            )
            guard let found = choice.place else { throw place.noSnapshot(choice.passedOver) }
            (place, passed) = (found, choice.passedOver.lines)
        }
        let opening = opening(.bucket(place), keys, endpoint: endpoint, environment: environment)
        var proven = try await opening.prove()
        proven.remarks = passed + proven.remarks
        return proven
    }

    func prove(_ name: String, _ keys: LayerKeys = LayerKeys()) async throws -> ProvenSnapshot {
        try await opening(.file(file(name)), keys).prove()
    }

    /// What stands in the state directory: a spool has no name there.
    func stateFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/state")
    }
}

extension ProvenSnapshot {
    /// All of its bytes from a place on, read in pieces of an odd size.
    func allBytes(from offset: UInt64 = 0) throws -> [UInt8] {
        let stream = try stream(offset)
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 10_007)
        while true {
            let count = try block.withUnsafeMutableBytes { try stream.read(into: $0) }
            if count == 0 { return all }
            all += block.prefix(count)
        }
    }
}

/// What a source failed with.
struct SourceTrouble {
    let fact: String
    let hint: String

    /// - Throws: what is about something else.
    init(_ body: () async throws -> ProvenSnapshot) async throws {
        do {
            let proven = try await body()
            Issue.record("proven: \(proven.location)")
            (fact, hint) = ("", "")
        } catch let error as SourceFailure {
            (fact, hint) = (error.fact, error.hint)
        } catch let error as SnapshotFileError {
            (fact, hint) = (error.description, error.hint)
        }
    }
}

/// Programs that a test needs, to be skipped by name where they are not installed.
enum Tools {
    static func has(_ names: String...) -> Bool {
        names.allSatisfy { name in
            ["/usr/bin", "/bin"].contains { access("\($0)/\(name)", X_OK) == 0 }
        }
    }
}

/// A line of a test that should have succeeded.
struct LineFailed: Error, CustomStringConvertible {
    let description: String
}
