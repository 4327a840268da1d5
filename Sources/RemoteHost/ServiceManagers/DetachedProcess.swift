/// A program in a session of its own, known by the lock that it holds: needs no service manager.
///
/// A process's number may be another's by the time it is looked at; an open file that is locked is
/// nobody else's.
package struct DetachedProcess: ScratchManager {
    /// The file that is locked as long as it runs, with the process's number in it.
    let lock: String
    let directory: String
    /// Where its output goes.
    let log: String
    let limits: ScratchLimits

    package init(lock: String, directory: String, log: String, limits: ScratchLimits) {
        self.lock = lock
        self.directory = directory
        self.log = log
        self.limits = limits
    }

    package func start(_ words: [String]) -> [RemoteCommand] {
        // the lock is inherited by the program, and gone with it
        let script = """
            f=$1; d=$2; l=$3; s=$4; shift 4
            cd -- "$d" || exit
            exec 8>>"$f"
            flock -n 8 || { echo "$f is locked: it runs already" >&2; exit 76; }
            setsid timeout --kill-after=10 "$s" nice -n 19 env -i PATH="$PATH" "$@" \
              </dev/null >>"$l" 2>&1 3>&- 9>&- &
            echo $! >"$f"
            """
        return [.script(script, [lock, directory, log, String(limits.seconds)] + words)]
    }

    package func stop() -> [RemoteCommand] {
        // its data is thrown away: no need to hand leadership over, which takes seven seconds where all
        // stop at once; the group is the session's: timeout, nice and the program
        let script = """
            [ -f "$1" ] || exit 0
            p=$(cat -- "$1")
            if ! flock -n "$1" true && [ -n "$p" ]; then
              kill -KILL "-$p" 2>/dev/null
              flock -w 10 "$1" true
            fi
            """
        return [.script(script, [lock])]
    }

    package var observation: String {
        let file = ShellQuoting.quoted(lock)
        return """
            if [ ! -f \(file) ] || flock -n \(file) true; then echo service.process=gone
            else echo service.process=running; fi
            """
    }

    package func state(from lines: [String: String]) -> ServiceState {
        switch lines["service.process"] {
        case "running": ServiceState(activity: .active, detail: "running")
        case "gone": ServiceState(activity: .stopped, detail: "not running")
        default: ServiceState(activity: .unknown, detail: "no answer")
        }
    }
}
