package import RemoteHost

/// Where backups are kept: a directory, a bucket, a directory on a member.
///
/// A file is there under its name as a whole, or not at all.
package protocol SnapshotDestination: Sendable {
    /// As a person names it.
    var description: String { get }

    /// Finds out, before anything is fetched for it, whether a name can be stored.
    /// - Throws: `DestinationFailure`.
    func prepare(for name: String) async throws

    /// Everything that is stored there, strangers' files included, in no order.
    /// - Throws: `DestinationFailure`.
    func entries() async throws -> [StoreEntry]

    /// The manifests that are there, by their own names.
    /// - Throws: `DestinationFailure`.
    func manifests() async throws -> [String: [UInt8]]

    /// Stores a file under a name that nothing has yet, readable by its owner alone.
    ///
    /// It is written under another name, made durable, and then renamed; where the stream throws
    /// nothing stays.
    /// - Throws: `DestinationFailure`, and what the stream throws.
    func put(_ name: String, _ stream: any ByteStream) async throws

    /// Deletes files in their order; one that is gone already is no failure.
    /// - Throws: `DestinationFailure`.
    func delete(_ names: [String]) async throws

    /// Runs what looks and then deletes, while no save writes there, if the place has such a lock.
    ///
    /// `delete` may be called in there, and `put` must not.
    /// - Throws: `DestinationFailure`, and what the body throws.
    func withoutSaves<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value
}

extension SnapshotDestination {
    /// Reads what is stored: the manifests first.
    ///
    /// A save writes its snapshot before its manifest. So whatever had a manifest at the first look
    /// has its snapshot at the second, unless somebody deleted it. In the other order a save that
    /// ends in between looks like a manifest whose snapshot is gone.
    /// - Throws: `DestinationFailure`, `SourceFailure`, `HostFailure`.
    package func stored() async throws -> StoredSnapshots {
        let manifests = try await manifests()
        return StoredSnapshots(entries: try await entries(), manifests: manifests)
    }
}

/// A destination that cannot be used, or a name in it.
package struct DestinationFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// Something has that name.
        case exists
        /// Another save or prune works there.
        case busy
        case other
    }

    package var kind: Kind
    /// The fact: lower case, no final stop.
    package var fact: String
    package var evidence: [String]
    package var hint: String

    package init(_ kind: Kind, _ fact: String, evidence: [String] = [], hint: String) {
        self.kind = kind
        self.fact = fact
        self.evidence = evidence
        self.hint = hint
    }

    package var description: String { fact }

    static func busy(_ place: String) -> DestinationFailure {
        DestinationFailure(
            .busy,
            "another save or prune works in \(place)",
            hint: "wait until it is done; one that died holds nothing"
        )
    }

    static func exists(_ name: String, in place: String) -> DestinationFailure {
        DestinationFailure(
            .exists,
            "\(place) has \(name) already",
            hint: "nothing was written over it; save again: the next name has another second"
        )
    }
}
