import ArgumentParser
import Foundation
import RestorePlanning
import SnapshotStore
import TestSupport
import Testing

@testable import RekindleCommands

@Suite("The time of a snapshot")
struct SnapshotTimeTests {
    private let state: StateFolder

    init() throws { state = try StateFolder([]) }

    /// What the intake says of a snapshot whose manifest and whose file are of these times.
    private func takenAt(manifest: Double?, file: Double) async throws -> Double? {
        let name = SnapshotName(cluster: "prod", takenAt: 1_795_000_000)
        let path = "\(state.path)/\(name.text)"
        try FileManager.default.copyItem(atPath: ForeignSnapshotTests.fixture, toPath: path)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: file)],
            ofItemAtPath: path
        )
        if let manifest {
            let bytes = try ForeignSnapshotTests.manifest("prod", name, at: manifest)
            try state.write(bytes, to: path + SnapshotName.manifestSuffix)
        }
        let context = CommandContext(
            try GlobalOptions.parse(["--quiet", "--state-dir", "\(state.path)/state"])
        )
        let intake = try SnapshotIntake(context, try SourceOptions.parse([]), of: "prod") {
            throw UsageProblem("no member is asked", hint: "")
        }
        return try await intake.take(path, dated: true).reference.takenAt
    }

    @Test(
        "is its manifest's, unless that is in the future: then the file's own",
        arguments: [(-3600, true), (120, true), (36_000, false), (86_400, false), (3e8, false)]
    )
    func future(_ seconds: Double, _ isBelieved: Bool) async throws {
        let now = Date().timeIntervalSince1970.rounded(.down)
        let taken = try await takenAt(manifest: now + seconds, file: now - 7200)
        #expect(taken == (isBelieved ? now + seconds : now - 7200))
    }

    @Test("is unknown where the file too is of the future", arguments: [true, false])
    func unknown(_ hasManifest: Bool) async throws {
        let later = Date().timeIntervalSince1970.rounded(.down) + 86_400
        #expect(try await takenAt(manifest: hasManifest ? later : nil, file: later) == nil)
    }
}
