package import EtcdModel
import FoundationEssentials

/// A manifest as its file has it.
package enum ManifestJSON {
    package static func encode(_ manifest: SnapshotManifest) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(manifest)) + [UInt8(ascii: "\n")]
    }

    /// nil for what is none, or one of another version.
    package static func decode(_ bytes: [UInt8]) -> SnapshotManifest? {
        let manifest = try? JSONDecoder().decode(SnapshotManifest.self, from: Data(bytes))
        return manifest?.version == SnapshotManifest.currentVersion ? manifest : nil
    }
}
