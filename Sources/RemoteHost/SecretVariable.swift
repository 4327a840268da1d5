/// A secret that a command on a host finds in an environment variable.
///
/// The secret itself is never part of a command. The connector sends it as the first line of the command's
/// standard input, and the command's first shell moves it into the variable. Neither that line nor an
/// environment of root's processes can be read by other users of the host, and both are gone with their
/// process: a file on the host would survive a kill.
package struct SecretVariable: Sendable, Hashable {
    /// A name that a shell takes: it is written into a script.
    package var name: String
    /// The file on the coordinator that holds the secret; absolute.
    package var file: String

    package init(name: String, file: String) {
        self.name = name
        self.file = file
    }

    /// Reads one line of base64 and goes on as the command, whose input begins behind it.
    ///
    /// `read` takes a byte at a time from what it cannot seek in, so it takes nothing of the input. In
    /// base64 every byte arrives as it is: shells have control characters of their own inside.
    var prelude: String {
        """
        IFS= read -r s && \(name)=$(printf %s "$s" | base64 -d) && [ -n "$\(name)" ] || { \
        echo "rekindle: no secret came for \(name)" >&2; exit 64; }; \
        export \(name); unset s; exec "$@"
        """
    }

    /// What is sent before the command's own input.
    package static func line(_ secret: [UInt8]) -> [UInt8] {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
        )
        var line: [UInt8] = []
        for start in stride(from: 0, to: secret.count, by: 3) {
            let group = secret[start..<min(start + 3, secret.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                line.append(
                    place <= group.count
                        ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "=")
                )
            }
        }
        return line + [UInt8(ascii: "\n")]
    }
}
