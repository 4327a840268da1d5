import Foundation
import Testing

/// A folder of its own for one test, gone with it.
final class Scratch {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path()
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String, executable: Bool = false) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        guard executable else { return }
        // another test may fork while the file is open here, and then nobody can execute it: the file
        // that is executed is written by a process that is gone
        let copy = "\(file.path()).text"
        try FileManager.default.moveItem(atPath: file.path(), toPath: copy)
        let made = try Program.run(["install", "-m", "755", copy, file.path()])
        #expect(made.status == 0, "\(made.output)")
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(name)")
    }
}
