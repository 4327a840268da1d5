package import RemoteHost

/// A snapshot that etcdctl saves on a member's host, for as long as it takes to fetch it.
package enum SavedCopy {
    /// Where the space of a day belongs that survives a reboot (hier(7)): not etcd's own disk, which must not
    /// fill up.
    static let folder = "/var/tmp"
    /// Nobody fetches for longer without the file being open.
    static let staleMinutes = 120

    /// Saves it into a directory of its own, for root alone; prints `saved=PATH`.
    ///
    /// Needs so many bytes of room. What a killed run left there goes first.
    package static func save(_ client: EtcdClient, needing bytes: UInt64) -> RemoteCommand {
        .script(
            """
            set -eu
            umask 077
            export LC_ALL=C
            need=$1; shift
            find \(folder) -maxdepth 1 -type d -user "$(id -un)" -name 'rekindle-save.*' \
            -mmin +\(staleMinutes) -exec rm -rf -- {} +
            free=$(df -Pk \(folder) | awk 'NR == 2 {print $4}')
            if [ "$((free * 1024))" -lt "$need" ]; then
              echo "\(folder) has $((free / 1024)) MiB free, and $((need / 1048576)) MiB are needed" >&2
              exit 66
            fi
            d=$(mktemp -d \(folder)/rekindle-save.XXXXXXXXXX)
            trap 'rm -rf -- "$d"' EXIT
            trap 'exit 1' HUP INT TERM
            "$@" "$d/snapshot.db" >&2
            trap - EXIT
            printf 'saved=%s\\n' "$d/snapshot.db"
            """,
            ["\(bytes)"] + client.saveSnapshot("").dropLast(),
            endsWithConnection: true
        )
    }

    /// The path that was printed; nil where there is none.
    package static func path(_ output: String) -> String? {
        output.split(whereSeparator: \.isNewline)
            .last { $0.hasPrefix("saved=\(folder)/rekindle-save.") }
            .map { String($0.dropFirst("saved=".count)) }
    }

    /// The room for a database of so many bytes, which has to shrink for no snapshot.
    package static func room(forDatabaseOf bytes: Int64) -> UInt64 {
        UInt64(max(0, bytes)) / 10 * 11 + (64 << 20)
    }

    package static func remove(_ path: String) -> RemoteCommand {
        RemoteCommand(["rm", "-rf", "--", String(path.dropLast("/snapshot.db".count))])
    }
}
