import Foundation

/// Good inputs that other tests and the repository have already.
enum FuzzSamples {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    static func file(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(root)/\(path)")))
    }

    /// The files of a folder whose names begin and end like this, by name.
    static func files(in folder: String, prefix: String, suffix: String = "") throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.sorted()
            .map { try file("\(folder)/\($0)") }
    }

    static func toolOutput(_ name: String) throws -> [[UInt8]] {
        try ["3.4.23", "3.5.16"].map {
            try file("Tests/EtcdModelTests/Fixtures/tool-output/\($0)/\(name)")
        }
    }

    static func oldRun(_ name: String, _ file: String) throws -> [UInt8] {
        try self.file("Tests/RekindleCommandsTests/Fixtures/v1/\(name)/\(file)")
    }
}
