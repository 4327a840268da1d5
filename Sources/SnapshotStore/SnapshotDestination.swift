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
}

/// A destination that cannot be used, or a name in it.
package struct DestinationFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// Something has that name.
        case exists
        /// Another save writes there.
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

    static func exists(_ name: String, in place: String) -> DestinationFailure {
        DestinationFailure(
            .exists,
            "\(place) has \(name) already",
            hint: "nothing was written over it; save again: the next name has another second"
        )
    }
}
