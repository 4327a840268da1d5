/// A snapshot in a place where they are kept, as far as the place tells without reading it.
package struct KeptSnapshot: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// Its manifest says what was proven of it, and the file is as long as it says.
        case proven
        /// There is no manifest, or none that can be read: somebody else put it there.
        case unproven
        /// The file is not as long as its manifest says.
        case damaged
    }

    package var name: SnapshotName
    /// As it is in the place: the name alone.
    package var file: String
    /// Of the file, packed as it is.
    package var bytes: UInt64
    package var manifest: SnapshotManifest?

    package init(name: SnapshotName, file: String, bytes: UInt64, manifest: SnapshotManifest?) {
        self.name = name
        self.file = file
        self.bytes = bytes
        self.manifest = manifest
    }

    package var state: State {
        guard let manifest, manifest.file == file else { return .unproven }
        return manifest.storedBytes == bytes ? .proven : .damaged
    }

    package var cluster: String { manifest?.cluster ?? name.cluster }
}
