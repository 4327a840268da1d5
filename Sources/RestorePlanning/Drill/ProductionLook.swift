package import RemoteHost

/// What must not differ after a drill from what it was before.
package struct ProductionLook: Sendable, Hashable, Codable {
    /// What the comparison is called in journal and report.
    package static let name = "production"
    /// What the look before is called in the journal: a proof of nothing, and to be compared with.
    package static let nameBefore = "production before"

    package enum Moment: String, Sendable, Hashable, Codable {
        case before
        case after
    }

    /// One member's unit and directories.
    package struct Subject: Sendable, Hashable, Codable {
        package var member: String
        package var unit: String
        package var dataDir: String
        package var walDir: String?

        package init(member: String, unit: String, dataDir: String, walDir: String?) {
            self.member = member
            self.unit = unit
            self.dataDir = dataDir
            self.walDir = walDir
        }

        /// Prints one line for each thing that would tell of a touch, and changes nothing.
        package var command: RemoteCommand {
            .script(ProductionLook.script, [unit, dataDir, walDir ?? ""])
        }
    }

    package var moment: Moment
    package var subjects: [Subject]

    package init(_ moment: Moment, _ subjects: [Subject]) {
        self.moment = moment
        self.subjects = subjects
    }

    /// The lines of two looks that differ, as `was … , is …`; empty for a production left alone.
    package static func differences(_ before: String, _ after: String) -> [String] {
        let old = KeyedLines(before).values
        let new = KeyedLines(after).values
        return Set(old.keys).union(new.keys).sorted().compactMap { key in
            old[key] == new[key]
                ? nil : "\(key) was \(old[key] ?? "not there"), is \(new[key] ?? "not there")"
        }
    }

    /// $1 unit, $2 data directory, $3 WAL directory or "".
    ///
    /// Not the files in it: the cluster serves, and they change all the time. A new database file is a
    /// defragmentation's, a new segment the log's own; a directory with another inode was replaced.
    static let script = """
        export LC_ALL=C
        say() { printf '%s=%s\\n' "$1" "$2"; }
        if [ -n "$1" ]; then
        systemctl show -p LoadState -p ActiveState -p MainPID -p ActiveEnterTimestampMonotonic \\
        -p NRestarts -p InvocationID -p FragmentPath -p DropInPaths -- "$1" | sed 's/^/unit./'
        say unit.files "$(systemctl cat -- "$1" 2>/dev/null | sha256sum | cut -c1-64)"
        fi
        for d in "$2" "$2/member" "$2/member/snap" "$2/member/wal" ${3:+"$3"}; do
          say "inode, owner and mode of $d" "$(stat -L -c '%d:%i %U:%G %a' -- "$d" 2>/dev/null)"
        done
        p=; [ -z "$1" ] || p=$(systemctl show -p MainPID --value -- "$1")
        if [ "${p:-0}" != 0 ] && [ -d "/proc/$p" ]; then
          i=$(ls -l "/proc/$p/fd" 2>/dev/null | sed -n 's/.*socket:\\[\\([0-9]*\\)\\].*/\\1/p' | tr '\\n' ' ')
          say "listening sockets" "$(cat "/proc/$p/net/tcp" "/proc/$p/net/tcp6" 2>/dev/null \\
        | awk -v i=" $i" '$4 == "0A" && index(i, " " $10 " ") {print $2}' | sort | tr '\\n' ' ')"
        fi
        say end yes
        """
}
