import Glibc

/// When a file or an object was last written, which is when a backup of it was taken.
package enum SnapshotDate {
    /// In seconds since 1970; nil where it is not there any more.
    package static func ofFile(_ path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Double(status.st_mtim.tv_sec)
    }

    /// nil where the S3 server does not tell.
    package static func ofObject(
        _ place: BucketPlace,
        surroundings: SourceSurroundings
    ) -> Double? {
        BucketClient(place: place, surroundings: surroundings).writtenAt()
    }
}
