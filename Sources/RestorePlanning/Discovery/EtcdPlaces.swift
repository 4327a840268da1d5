package import ClusterInventory
package import RemoteHost

/// Where etcd may be on a host: what systemd runs it by, or what the kubelet does.
package struct EtcdPlaces: Sendable, Hashable {
    /// systemd's units whose program is etcd; where there is none, those that are called like it.
    package var units: [String]
    /// Manifests of static pods.
    package var manifests: [String]
    /// What may be such a manifest and cannot be read.
    package var unread: [String]

    /// Looks and changes nothing.
    package static let command = RemoteCommand.script(
        #"""
        export LC_ALL=C
        if command -v systemctl >/dev/null 2>&1; then
          units=$( { systemctl list-units --all --type=service --no-legend --plain
                     systemctl list-unit-files --type=service --no-legend; } 2>/dev/null \
            | awk '{print $1}' | grep '\.service$' | grep -v '@\.service$' | sort -u)
          systemctl show -p Id -p ExecStart -- $units 2>/dev/null | awk '
            function tell() {
              if (runs) print "runs=" id
              # one that is masked starts nothing
              if (starts && id ~ /^etcd/) print "called=" id
              id = ""; runs = 0; starts = 0
            }
            $0 == "" {tell()}
            sub(/^Id=/, "") {id = $0}
            /^ExecStart=.*path=[^ ;]*\/etcd ;/ {runs = 1}
            /^ExecStart=./ {starts = 1}
            END {tell()}'
        fi
        d=/etc/kubernetes/manifests
        if [ -d "$d" ] && { [ ! -r "$d" ] || [ ! -x "$d" ]; }; then echo "unread=$d"; fi
        for f in "$d"/*.yaml "$d"/*.yml; do
          if [ -f "$f" ] && [ ! -r "$f" ]; then echo "unread=$f"
          elif [ -f "$f" ] && grep -qE '^ *- +"?(/[^ "]*/)?etcd"? *$' "$f"; then echo "manifest=$f"; fi
        done
        echo end=yes
        """#
    )

    /// nil where the script did not run to its end.
    package init?(_ output: String) {
        let lines = output.split(separator: "\n")
        guard lines.last == "end=yes" else { return nil }
        // an alias, as Debian's etcd2.service, is shown as the unit that it stands for
        func all(_ key: String) -> [String] {
            var seen: Set<Substring> = []
            return lines.filter { $0.hasPrefix("\(key)=") && seen.insert($0).inserted }
                .map { String($0.dropFirst(key.count + 1)) }
        }
        let runs = all("runs")
        units = runs.isEmpty ? all("called") : runs
        manifests = all("manifest")
        unread = all("unread")
    }

    /// What the inventory would say of it, if there is only one.
    package var services: [ServiceSettings] {
        manifests.map { ServiceSettings(kind: .staticPod, manifest: $0) }
            + units.map { ServiceSettings(unit: $0) }
    }
}
