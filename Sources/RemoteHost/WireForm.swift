/// How the snapshot's bytes cross the wire to a host.
package enum WireForm: String, Sendable, Hashable, CaseIterable {
    case plain
    /// Frames that `zstd -d` unpacks (RFC 8878).
    case zstd
    /// Members that `gzip -d` unpacks (RFC 1952).
    case gzip

    /// A shell command from standard input to output: unpacks with the program in `REKINDLE_PACKED`.
    ///
    /// Only a coordinator sets it; a person sends the bytes as they are.
    package static let unpacking = """
        case ${REKINDLE_PACKED:-} in \
        zstd|gzip) exec "$REKINDLE_PACKED" -d -c -q ;; *) exec cat ;; esac
        """
}
