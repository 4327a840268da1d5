package import RemoteHost

/// What an upload that broke off left on a host: so many bytes, and their digest.
///
/// The next try sends only what is missing, once the digest proves that these are the snapshot's.
package struct PartialCopy: Sendable, Hashable {
    package var bytes: UInt64
    /// Lower-case hex.
    package var sha256: String

    /// Asks for it, once a command that may still write there is gone; exits with
    /// `PlannedEffect.busyStatus` where that does not end.
    package static func question(_ target: MemberTarget) -> RemoteCommand {
        let script = """
            export LC_ALL=C
            \(WorkDirectory.functions)
            enter "$2" \(MemberPaths.rootName)
            exec 9>>busy
            flock -w 15 9 || exit \(PlannedEffect.busyStatus)
            s=$(stat -c %s -- "$1") && d=$(\(target.tools.digest.ofInput) <"$1") && printf '%s %s\\n' "$s" "${d%% *}"
            """
        return .script(
            script,
            [target.paths.named(target.paths.partialSnapshot), target.paths.dataDir],
            endsWithConnection: true
        )
    }

    /// nil where the answer is none.
    package init?(_ output: String) {
        let words = output.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let bytes = UInt64(words[0]), words[1].count == 64 else {
            return nil
        }
        self.bytes = bytes
        sha256 = String(words[1])
    }
}
