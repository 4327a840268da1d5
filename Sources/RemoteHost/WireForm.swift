/// How the snapshot's bytes cross the wire to a host.
package enum WireForm: String, Sendable, Hashable, CaseIterable {
    case plain
    /// Frames that `zstd -d` unpacks (RFC 8878).
    case zstd
    /// Members that `gzip -d` unpacks (RFC 1952).
    case gzip

    /// A shell line that hands what comes to a writer, unpacked by the program in `REKINDLE_PACKED`.
    ///
    /// Only a coordinator sets it; a person sends the bytes as they are.
    package static func unpacking(into writer: String) -> String {
        """
        case ${REKINDLE_PACKED:-} in \
        zstd|gzip) "$REKINDLE_PACKED" -d -c -q | \(writer) ;; *) \(writer) ;; esac
        """
    }
}
