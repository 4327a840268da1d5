import RemoteHost

/// What runs on the host so that several channels carry one command's input.
///
/// Each lane is a channel of its own that fills a FIFO. The command's own channel carries orders,
/// one a line: from which lane to take how many bytes next. So the command reads one stream, front
/// to back, which ends when the orders do, as it does when the connection is lost.
enum StripeScripts {
    /// Makes a directory that only the user can enter, with the FIFOs, says where, and removes it
    /// once its own input ends: with the channel or the connection.
    ///
    /// A process that waits for a FIFO's other end would wait for ever, and nobody would know it:
    /// so each is opened both ways before it is removed, and let go of after.
    static func keeper(lanes: Int) -> String {
        line(
            """
            umask 077
            n=$1
            d=$(mktemp -d "${TMPDIR:-/tmp}/rekindle-input.XXXXXXXX") || exit
            clean() {
              i=0
              while [ $i -lt $n ]; do
                [ ! -p "$d/$i" ] || eval "exec $((i + 3))<>\\"\\$d/$i\\""
                i=$((i + 1))
              done
              [ ! -p "$d/in" ] || exec 9<>"$d/in"
              rm -rf --one-file-system -- "$d"
            }
            trap clean EXIT
            trap 'exit 1' HUP INT PIPE TERM
            i=0
            while [ $i -lt $n ]; do mkfifo "$d/$i" || exit; i=$((i + 1)); done
            mkfifo "$d/in" || exit
            echo "$d"
            cat >/dev/null
            """,
            [String(lanes)]
        )
    }

    static func lane(_ number: Int, in directory: String) -> String {
        line("exec cat >\"$1\"", ["\(directory)/\(number)"])
    }

    /// Runs a line with what the lanes bring as its standard input, and ends as it does.
    ///
    /// At most six lanes: their descriptors are 3 to 8, and a POSIX shell knows no higher one than
    /// 9. `dd` takes no byte more than it is told to. A command that ends early is a result at once:
    /// who feeds it is told to stop, and holds none of the channel's streams.
    static func command(_ shellLine: String, lanes: Int, in directory: String) -> String {
        line(
            """
            d=$1; n=$2
            exec 9<&0
            (
              i=0
              while [ $i -lt $n ]; do eval "exec $((i + 3))<\\"\\$d/$i\\""; i=$((i + 1)); done
              while read -r i c; do
                dd bs="$c" count=1 iflag=fullblock status=none <&$((i + 3)) || exit
              done
            ) <&9 9<&- >"$d/in" 2>/dev/null &
            f=$!
            sh -c "$3" <"$d/in" 9<&-
            s=$?
            kill $f 2>/dev/null
            [ $s -le 128 ] || kill -$((s - 128)) $$
            exit $s
            """,
            [directory, String(lanes), shellLine]
        )
    }

    private static func line(_ script: String, _ arguments: [String]) -> String {
        (["sh", "-c", script, "rekindle"] + arguments).map(ShellQuoting.quotedForLoginShell)
            .joined(separator: " ")
    }
}
