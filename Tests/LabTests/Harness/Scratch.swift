import Foundation

/// A directory on this machine that is gone with the test.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = "/tmp/rekindle-lab-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
