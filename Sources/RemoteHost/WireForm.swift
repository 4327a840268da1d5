/// How the snapshot's bytes cross the wire to a host.
package enum WireForm: String, Sendable, Hashable, CaseIterable {
    case plain
    /// Frames that `zstd -d` unpacks (RFC 8878).
    case zstd
    /// Members that `gzip -d` unpacks (RFC 1952).
    case gzip

    /// Shell lines that hand what comes to a writer, unpacked as `REKINDLE_PACKED` says.
    ///
    /// Only a coordinator sets it; a person sends the bytes as they are.
    package static func unpacking(into writer: String) -> String {
        """
        case ${REKINDLE_PACKED:-plain} in
        zstd) zstd -d -c -q | \(writer) ;;
        gzip) gzip -d -c -q | \(writer) ;;
        plain) \(writer) ;;
        *) echo "unknown form: $REKINDLE_PACKED" >&2; exit 64 ;;
        esac
        """
    }
}
