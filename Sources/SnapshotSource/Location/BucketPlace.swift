/// An object of an S3 bucket, or the newest one under a prefix.
package struct BucketPlace: Sendable, Hashable {
    package var bucket: String
    /// The object's key; of the newest, the prefix that its key begins with, which may be empty.
    package var key: String
    package var isNewest: Bool

    package init(bucket: String, key: String, isNewest: Bool = false) {
        self.bucket = bucket
        self.key = key
        self.isNewest = isNewest
    }

    /// Reads `s3://bucket/key`; a last part `latest` stands for the newest object beside it.
    /// - Throws: `SnapshotLocationProblem`.
    package init(_ text: String) throws(SnapshotLocationProblem) {
        let parts = text.dropFirst("s3://".count)
            .split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let bucket = String(parts.first ?? "")
        let key = parts.count == 2 ? String(parts[1]) : ""
        guard !bucket.isEmpty, !key.isEmpty else {
            throw SnapshotLocationProblem(
                "\(text) names no object",
                hint: "give s3://bucket/key, or s3://bucket/prefix/latest for the newest under a "
                    + "prefix"
            )
        }
        guard !key.hasSuffix("/") else {
            throw SnapshotLocationProblem(
                "\(text) is a prefix and no object",
                hint: "give \(text)latest for the newest object under it"
            )
        }
        self.bucket = bucket
        isNewest = key == "latest" || key.hasSuffix("/latest")
        self.key = isNewest ? String(key.dropLast("latest".count)) : key
    }
}

extension BucketPlace: CustomStringConvertible {
    package var description: String { "s3://\(bucket)/\(key)\(isNewest ? "latest" : "")" }
}

extension BucketPlace {
    /// What to say where `latest` found nothing that can be a snapshot.
    package func noSnapshot(_ passed: PassedObjects) -> SourceFailure {
        SourceFailure(
            "there is no snapshot under s3://\(bucket)/\(key)",
            evidence: passed.lines.map { "passed over \($0)" },
            hint:
                "`aws s3 ls --recursive s3://\(bucket)/\(key)` shows what is there; give a longer "
                + "prefix, or the snapshot's own key"
        )
    }
}
