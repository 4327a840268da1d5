import ClusterInventory
import RemoteHost

/// What systemd stopped together with etcd is started again.
extension EffectBuilder {
    /// nil for a host on which nothing depends on etcd.
    ///
    /// That a unit does not come back is told, with the end of its journal, and ends nothing: etcd serves.
    package func startDependents() -> PlannedEffect? {
        guard let units = target.dependents, !units.isEmpty else { return nil }
        return effect(
            .startDependents,
            "start \(units.joined(separator: ", ")) again, which systemd stopped with \(target.service.unit)",
            [["sh", "-c", Self.dependentsScript, "rekindle"] + units]
        )
    }

    /// The units as `DependentUnit` reads them: those that are not up, with the last lines of their journals.
    ///
    /// A target is started without what it wants besides, which somebody may have stopped on purpose.
    private static let dependentsScript = """
        set -f
        s= t= n=0
        for u in "$@"; do case $u in *.target) t="$t $u" ;; *) s="$s $u" ;; esac; done
        systemctl reset-failed -- "$@" 2>/dev/null
        if [ -n "$s" ]; then timeout \(patienceSeconds) systemctl start -- $s 2>/dev/null; fi
        if [ -n "$t" ]; then systemctl start --job-mode=ignore-dependencies -- $t 2>/dev/null; fi
        # `systemctl start` returns once a process runs, and one that does not like what it finds ends soon
        sleep 3
        for u in "$@"; do
          systemctl is-active -q -- "$u" && continue
          n=$((n + 1))
          printf 'dependent.%s=%s %s\\n' "$n" "$u" \
            "$(systemctl show -p ActiveState -p SubState --value -- "$u" | tr '\\n' ' ')"
          printf 'dependent.%s.log=%s\\n' "$n" \
            "$(journalctl -q --no-pager -o cat -n 5 -u "$u" 2>/dev/null | head -c 2000 | base64 -w0)"
        done
        exit 0
        """

    /// How long all of them are waited for, in seconds: systemd's own limit for one start is 90.
    private static let patienceSeconds = 150
}

extension MemberTarget {
    /// A fragment that says whether one of the units is not up; empty if there are none.
    var dependentsLook: String {
        guard scratch == nil, let dependents, !dependents.isEmpty else { return "" }
        let units = dependents.map(ShellQuoting.quoted).joined(separator: " ")
        return
            "for d in \(units); do systemctl is-active -q -- \"$d\" || say dependents.down yes; done\n"
    }
}
