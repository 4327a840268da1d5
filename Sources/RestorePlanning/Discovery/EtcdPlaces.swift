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

    /// What runs and is called etcd, whatever starts it.
    package var processes: [EtcdProcess]
    /// Of the units those that systemd runs now.
    package var activeUnits: [String]
    /// Of the units those that a boot starts.
    package var enabledUnits: [String]
    /// Of the manifests those whose command a process has.
    package var activeManifests: [String]

    /// Where etcdctl is, which is not in the PATH, by the unit whose etcd lies beside it; "" for a
    /// process that runs.
    private var binDirs: [String: String]

    /// Looks and changes nothing.
    package static let command = command(
        manifests: "/etc/kubernetes/manifests",
        kubelet: "/var/lib/kubelet/config.yaml",
        processes: "/proc"
    )

    /// The same with the host's places elsewhere.
    package static func command(
        manifests: String,
        kubelet: String,
        processes: String
    ) -> RemoteCommand { .script(script, [manifests, kubelet, processes]) }

    /// A manifest is read here and not there: it may be YAML in two styles, or JSON.
    private static let script =
        #"""
        export LC_ALL=C
        # $1 a unit or "", $2 its etcd
        beside() {
          command -v etcdctl >/dev/null 2>&1 && return
          for b in "${2%/*}" "$(dirname -- "$(readlink -f -- "$2")")"; do
            if [ -x "$b/etcdctl" ]; then echo "bin=$1 $b"; return; fi
          done
        }
        if command -v systemctl >/dev/null 2>&1; then
          units=$( { systemctl list-units --all --type=service --no-legend --plain
                     systemctl list-unit-files --type=service --no-legend; } 2>/dev/null \
            | awk '{print $1}' | grep '\.service$' | grep -v '@\.service$' | sort -u)
          systemctl show -p Id -p ExecStart -p ActiveState -p UnitFileState -- $units 2>/dev/null | awk '
            function tell() {
              if (runs) {
                print "runs=" id; print "program=" id " " runs
                if (active) print "active=" id
                if (enabled) print "enabled=" id
              }
              # one that is masked starts nothing
              if (starts && id ~ /^etcd/) print "called=" id
              id = ""; runs = ""; starts = 0; active = 0; enabled = 0
            }
            $0 == "" {tell()}
            sub(/^Id=/, "") {id = $0}
            /^ExecStart=/ && match($0, /path=[^ ;]*\/etcd ;/) {
              runs = substr($0, RSTART + 5, RLENGTH - 7)
            }
            /^ExecStart=./ {starts = 1}
            /^ActiveState=(active|activating|reloading|deactivating)$/ {active = 1}
            /^UnitFileState=enabled/ {enabled = 1}
            END {tell()}' | while IFS= read -r l; do
              case $l in
              program=*) l=${l#program=}; beside "${l%% *}" "${l#* }" ;;
              *) printf '%s\n' "$l" ;;
              esac
            done
        fi
        e=$(sed -n 's/^staticPodPath: *//p' "$2" 2>/dev/null | tr -d "\"'" | head -n 1)
        e=${e%/}
        [ "$e" != "$1" ] || e=
        for d in "$1" "$e"; do
          if [ -z "$d" ] || [ ! -d "$d" ]; then continue; fi
          if [ ! -r "$d" ] || [ ! -x "$d" ]; then echo "unread=$d"; fi
          for f in "$d"/*; do
            if [ ! -f "$f" ]; then continue
            elif [ ! -r "$f" ]; then echo "unread=$f"
            elif grep -q etcd "$f"; then
              printf 'pod=%s %s\n' "$(head -c 262144 <"$f" | base64 -w0)" "$f"
            fi
          done
        done
        h=$(readlink "$3/1/ns/mnt" 2>/dev/null)
        for p in "$3"/[0-9]*; do
          { read -r c <"$p/comm"; } 2>/dev/null || continue
          [ "$c" = etcd ] || continue
          w=$( { tr '\0\n' '  ' <"$p/cmdline"; } 2>/dev/null | tr -c '[:print:]' '?' | cut -c1-400)
          [ -n "$w" ] || continue
          n=$(readlink "$p/ns/mnt" 2>/dev/null)
          if [ -n "$h" ] && [ -n "$n" ] && [ "$h" != "$n" ]; then
            echo "process=${p##*/} inside $w"
          else
            echo "process=${p##*/} host $w"
            x=$(readlink "$p/exe" 2>/dev/null)
            if [ -n "$x" ]; then beside "" "$x"; fi
          fi
        done
        echo end=yes
        """#

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
        let pods = all("pod").compactMap { line -> (path: String, command: [String])? in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let bytes = Base64Text.bytes(String(parts[0])),
                let manifest = PodManifest(String(decoding: bytes, as: UTF8.self))
            else { return nil }
            return (String(parts[1]), manifest.command)
        }
        manifests = pods.map(\.path)
        unread = all("unread")
        let processes = all("process").compactMap(EtcdProcess.init)
        self.processes = processes
        activeUnits = all("active")
        enabledUnits = all("enabled")
        activeManifests = pods.filter { pod in processes.contains { $0.runs(pod.command) } }
            .map(\.path)
        binDirs = Dictionary(
            all("bin").compactMap { line in
                line.firstIndex(of: " ").map {
                    (String(line[..<$0]), String(line[line.index(after: $0)...]))
                }
            }
        ) { first, _ in first }
    }

    /// Where etcdctl is, if not in the PATH; nil too where it was not found.
    package func binDir(of service: ServiceSettings) -> String? {
        (service.kind == .systemd ? binDirs[service.unit] : nil) ?? binDirs[""]
    }

    /// What the inventory would say of it, if there is only one.
    package var services: [ServiceSettings] {
        manifests.map { ServiceSettings(kind: .staticPod, manifest: $0) }
            + units.map { ServiceSettings(unit: $0) }
    }

    /// The most likely of some places: what runs now; else what a boot would start; else all of them.
    package func likeliest(of services: [ServiceSettings]) -> [ServiceSettings] {
        let running = services.filter(runs)
        if !running.isEmpty { return running }
        let awaited = services.filter { service in
            service.kind == .staticPod || enabledUnits.contains(service.unit)
        }
        return awaited.isEmpty ? services : awaited
    }

    package func runs(_ service: ServiceSettings) -> Bool {
        service.kind == .staticPod
            ? activeManifests.contains(service.manifest ?? "")
            : activeUnits.contains(service.unit)
    }
}

/// etcd as the kernel shows it.
package struct EtcdProcess: Sendable, Hashable {
    package var id: String
    /// Whether it has file systems of its own.
    package var isInContainer: Bool
    /// Its command line, cut where it is long.
    package var words: String

    /// Whether it is what a manifest's command starts; its own line may be cut.
    fileprivate func runs(_ command: [String]) -> Bool {
        guard let program = command.first, command.count > 1 else { return false }
        let name = { (path: Substring) in path.split(separator: "/").last ?? path }
        let own = words.split(separator: " ", maxSplits: 1)
        let wanted = command.dropFirst().joined(separator: " ")
        guard own.count == 2, name(own[0]) == name(Substring(program)) else { return false }
        return own[1] == wanted || (own[1].utf8.count > 200 && wanted.hasPrefix(own[1]))
    }

    /// From `4711 host /usr/bin/etcd --name x`.
    fileprivate init?(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count == 3 else { return nil }
        id = String(parts[0])
        isInContainer = parts[1] == "inside"
        words = String(parts[2]).trimmingSuffix(" ")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ one: Character) -> String {
        var text = self
        while text.last == one { text.removeLast() }
        return text
    }
}
