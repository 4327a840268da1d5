import FoundationEssentials

/// An object that `latest` may stand for, or why it cannot be a snapshot.
package struct LatestObject: Sendable, Hashable {
    package var place: BucketPlace
    /// When the server says that it was written, in seconds since 1970; 0 where it does not.
    package var writtenAt: Double
    /// nil if by its name and its size it may be a snapshot.
    package var problem: Problem?

    package enum Problem: Sendable, Hashable {
        /// A folder that a console made: it holds nothing.
        case folder
        /// A manifest of Rekindle's, or what an older one left of an upload.
        case own
        /// What it is instead, as "is a checksum".
        case named(String)
    }

    package init(place: BucketPlace, writtenAt: Double = 0, problem: Problem? = nil) {
        self.place = place
        self.writtenAt = writtenAt
        self.problem = problem
    }

    init(_ row: BucketListing.Row, bucket: String) {
        place = BucketPlace(bucket: bucket, key: row.key)
        writtenAt = Self.seconds(row.modified) ?? 0
        problem = ObjectName.problem(of: row.key, bytes: row.bytes)
    }

    /// Servers write RFC 3339 in UTC, with or without a fraction, with Z or +00:00.
    private static func seconds(_ text: String) -> Double? {
        let whole = text.prefix("2026-11-23T10:15:00".count)
        return (try? Date("\(whole)Z", strategy: .iso8601))?.timeIntervalSince1970
    }

    /// Orders the newest first, by the time and then by the key.
    static func isNewer(_ one: LatestObject, _ other: LatestObject) -> Bool {
        (one.writtenAt, one.place.key) > (other.writtenAt, other.place.key)
    }
}
