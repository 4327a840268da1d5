import EtcdModel

/// Looks whether an object is a snapshot at all, by its beginning with its layers taken off.
package struct LatestContent: Sendable {
    private let surroundings: SourceSurroundings

    package init(_ surroundings: SourceSurroundings) {
        self.surroundings = surroundings
    }

    /// Returns why an object is no snapshot, as "is empty"; nil if it may be one.
    ///
    /// A snapshot that is cut, damaged, or locked for a key that is not here is a snapshot: an older
    /// one in its place would be a choice that nobody made.
    /// - Throws: `CancellationError`.
    package func problem(of place: BucketPlace) async throws -> String? {
        try await OwnThread.run(surroundings.patience) {
            try look(BucketClient(place: place, surroundings: surroundings))
        }
    }

    private func look(_ client: BucketClient) throws -> String? {
        do {
            let stream = LayeredStream(
                try client.origin(),
                name: "\(client.place)",
                surroundings: surroundings
            )
            try Spooling.requireDatabase(stream)
            return nil
        } catch let error as SnapshotFileError {
            guard case .fault(let fault) = error.problem else { return nil }
            switch fault {
            case .empty, .notADatabase(.text), .notADatabase(.zeros), .notADatabase(.unknown),
                .notADatabase(.packed(.tar)), .tooSmall:
                return "\(fault)"
            // what is packed in another way may hold one
            case .notADatabase(.packed), .rawDatabase, .truncated, .appended, .digestMismatch,
                .damagedHeader, .damaged, .notEtcd:
                return nil
            }
        } catch is SourceFailure {
            // it is told when the object is opened
            return nil
        }
    }
}
