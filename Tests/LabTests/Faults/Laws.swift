/// What no run that has ended leaves behind.
extension Scene {
    /// What is left on the hosts that must not be; empty where nothing is.
    func remains() throws -> [String] {
        var left: [String] = []
        // a command whose connection was lost has seconds to end
        _ = try Watchdog.wait(atMost: 12, every: 500_000) {
            left = try lab.members.flatMap { member in
                try lab.exec(member, leftBehind).outputText.split(separator: "\n")
                    .map { "etcd-\(member): \($0)" }
            }
            return left.isEmpty
        }
        return left
    }

    /// Locks, holds, staging, copies of the snapshot, files of a foreign owner, processes.
    private var leftBehind: String {
        get throws {
            let wal = try lab.walDirectory
            return """
                d='\(quoted(dataDirectory))'
                # relative, because a path may hold what find takes for a pattern
                if cd "$d/.rekindle" 2>/dev/null; then
                  find . -mindepth 1 \\( -name aside -o -name discarded \\) -prune \
                -o ! -name restored ! -name by ! -name safety.db ! -path './*Z-??????' -print
                  cd /
                fi
                find /var/lib -mindepth 2 -maxdepth 2 -name '.rekindle-*' | while read -r twin; do
                  find "$twin" -mindepth 1 \\( -name aside -o -name discarded \\) -prune -o -print
                done
                find /etc/systemd/system/etcd.service.d /run/systemd -name '*rekindle*' 2>/dev/null
                [ ! -h /etc/systemd/system/etcd.service ] || echo 'etcd.service is masked'
                find "$d/member" \(wal) \\( ! -user etcd -o ! -group etcd \\) -print
                for p in /proc/[0-9]*; do
                  if [ "$p" = "/proc/$$" ]; then continue; fi
                  c=$(tr '\\0' ' ' <"$p/cmdline" 2>/dev/null) || continue
                  case $c in *rekindle*|*etcdutl*|*snapshot.db*) echo "process $c" ;; esac
                done
                exit 0
                """
        }
    }

    /// Everything that a command could have changed on any host.
    func fingerprints() throws -> [String] {
        try lab.members.map { try lab.script("fs-fingerprint", ["\($0)"]).outputText }
    }
}
