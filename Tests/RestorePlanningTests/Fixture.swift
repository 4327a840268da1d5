import Foundation

/// A file of `Fixtures`, in the source tree.
func fixture(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
}
