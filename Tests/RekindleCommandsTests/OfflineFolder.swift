import Foundation
import Testing

/// A directory with an inventory, a snapshot and a playbook, for plans that ask no host.
final class OfflineFolder {
    let path: String

    /// The snapshot is of m1, m2 and m3.
    init(
        members: [String] = ["m1", "m2", "m3"],
        cluster: String = "name: prod",
        more: String = "",
        playbook: String? = nil
    ) throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "rekindle-offline-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let lines = members.enumerated().map { index, name in
            "  - {name: \(name), host: 10.0.0.\(index + 1), "
                + "initial-advertise-peer-urls: [http://10.0.0.\(index + 1):2380], "
                + "advertise-client-urls: [http://10.0.0.\(index + 1):2379]}"
        }
        try write(
            "cluster: {\(cluster)}\nmembers:\n\(lines.joined(separator: "\n"))\n\(more)\n",
            to: "inventory.yaml"
        )
        if let playbook { try write(playbook, to: "playbook.yaml") }
        try FileManager.default.copyItem(atPath: Self.fixture, toPath: "\(path)/s.db")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../EtcdModelTests/Fixtures/snapshots/plain-3.5.16.db").path

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func plan(_ words: String...) throws -> StateFolder.Result {
        try rekindle(["plan", "--offline", "--snapshot", "s.db"] + words)
    }

    func rekindle(_ words: [String]) throws -> StateFolder.Result {
        try BuiltProgram.run(words + ["--state-dir", "\(path)/state"], in: path)
    }
}
