/// etcd as a static pod: the kubelet runs what has a manifest in its directory, and nothing else.
///
/// The hold is the manifest moved out of that directory, beside it: neither a reboot nor a colleague's
/// restart of the kubelet starts a pod that has none. Moving it stops the pod as well, so that `stop` only
/// waits. A manifest that appears again meanwhile is somebody's, and is never overwritten.
package struct StaticPod: ServiceManager {
    /// `/etc/kubernetes/manifests/etcd.yaml` by kubeadm.
    package let manifest: String

    package init(manifest: String) {
        self.manifest = manifest
    }

    private var file: String { String(manifest.split(separator: "/").last ?? "") }
    /// Beside the manifests' directory: the kubelet reads every file in it that does not begin with a dot.
    private var heldDirectory: String {
        let parts = manifest.split(separator: "/").dropLast(2)
        return (parts.isEmpty ? "" : "/" + parts.joined(separator: "/")) + "/rekindle-held"
    }
    private var held: String { "\(heldDirectory)/\(file)" }
    package var holdPath: String { "\(heldDirectory)/\(file).hold" }

    package func hold(run: String) -> [RemoteCommand] {
        [
            RemoteCommand(["mkdir", "-p", "-m", "0700", "--", heldDirectory]),
            .script(
                "printf '%s\\n' \"$2\" >\"$1.tmp\" || exit\n" + DurableFile.install,
                [holdPath, "\(Self.marker)\(run)"]
            ),
            .script(
                """
                if [ -e "$1" ]; then
                  if [ -e "$2" ]; then
                    echo "there is $1 again, and $2 as well: somebody made one meanwhile" >&2; exit 1
                  fi
                  mv -T -n -- "$1" "$2"
                fi
                [ -e "$2" ] && [ ! -e "$1" ] && sync -- "${1%/*}" "${2%/*}"
                """,
                [manifest, held]
            ),
        ]
    }

    /// Waits for the kubelet, and then asks what is left of the pod to end.
    ///
    /// A kubelet that has not reached an API server since its own start stops no pod whose manifest goes; nor does
    /// it start one again that ended. etcd may take seven seconds to hand its leadership over.
    package func stop() -> [RemoteCommand] {
        [
            .script(
                Self.processes + """

                    n=0
                    while p=$(etcd_of "$1" "$2"); [ -n "$p" ]; do
                      n=$((n + 1))
                      case $n in
                      8 | 24 | 60) kill -TERM $p 2>/dev/null ;;
                      180) kill -KILL $p 2>/dev/null ;;
                      esac
                      if [ $n -ge 240 ]; then
                        echo "etcd runs still, 120 s after its manifest was taken away, and does not end on a signal:" >&2
                        for i in $p; do
                          echo "process $i: $(tr '\\0' ' ' 2>/dev/null <"/proc/$i/cmdline" | cut -c 1-200)" >&2
                        done
                        exit 1
                      fi
                      sleep 0.5
                    done
                    """,
                [manifest, held]
            )
        ]
    }

    /// The kubelet looks at its directory at once, or every 20 seconds at the latest (fileCheckFrequency).
    ///
    /// A pod that crashed before waits for up to five minutes, however often its manifest goes and comes back: that
    /// pause is the kubelet's, and ends with it. A restart of the kubelet touches no container.
    package func releaseAndStart() -> [RemoteCommand] {
        release() + [
            .script(
                Self.processes + """

                    # by another's unit, or none: the proof then says which member does not answer
                    systemctl -q is-active kubelet.service 2>/dev/null || exit 0
                    n=0
                    while [ -z "$(etcd_of "$1" "$2")" ]; do
                      n=$((n + 1))
                      if [ $n -eq 16 ]; then
                        echo "no etcd after 8 s, perhaps in back-off: restarting the kubelet, which ends that" >&2
                        systemctl restart kubelet.service
                      fi
                      [ $n -lt 60 ] || break
                      sleep 0.5
                    done
                    """,
                [manifest, held]
            )
        ]
    }

    package func release() -> [RemoteCommand] {
        [
            .script(
                """
                if [ -e "$2" ]; then
                  if [ -e "$1" ]; then
                    echo "there is $1 again, and the held $2 as well: look which is right" >&2; exit 1
                  fi
                  mv -T -n -- "$2" "$1" && sync -- "${1%/*}" "${2%/*}"
                fi && rm -f -- "$3"
                """,
                [manifest, held, holdPath]
            )
        ]
    }

    package func tidy() -> [RemoteCommand] {
        [
            .script(
                "[ ! -d \"$1\" ] || sync -- \"$1\"; rmdir -- \"$1\" 2>/dev/null || :",
                [heldDirectory]
            )
        ]
    }

    package var isStoppedTest: String {
        let words = [manifest, held].map(ShellQuoting.quoted).joined(separator: " ")
        return "{ \(Self.processes)\n[ ! -e \(ShellQuoting.quoted(manifest)) ] && "
            + "[ -z \"$(etcd_of \(words))\" ]; }"
    }

    package var observation: String {
        let words = [manifest, held].map(ShellQuoting.quoted).joined(separator: " ")
        return """
            \(Self.processes)
            p=$(etcd_of \(words)); printf 'service.processes=%s\\n' "${p% }"
            [ ! -e \(ShellQuoting.quoted(manifest)) ] || echo service.manifest=yes
            [ ! -e \(ShellQuoting.quoted(held)) ] || echo service.held=yes
            sed -n 's/^\(Self.marker)/service.hold=/p' \(ShellQuoting.quoted(holdPath)) 2>/dev/null
            """
    }

    package func state(from lines: [String: String]) -> ServiceState {
        let isThere = lines["service.manifest"] == "yes"
        let isHeld = lines["service.held"] == "yes"
        guard let processes = lines["service.processes"] else {
            return ServiceState(activity: .unknown, detail: "no answer")
        }
        guard isThere || isHeld else {
            return ServiceState(activity: .unknown, detail: "no manifest \(manifest)")
        }
        let runs = !processes.isEmpty
        return ServiceState(
            // with its manifest in place the kubelet is about to start it
            activity: runs || isThere ? .active : .stopped,
            detail: runs
                ? "running (process \(processes))"
                : isThere
                    ? "not running, though its manifest is there: the kubelet starts it, at once or after "
                        + "its back-off (5 minutes at most)" : "stopped, no manifest",
            heldBy: lines["service.hold"],
            isHoldLoaded: isHeld && !isThere
        )
    }

    private static let marker = "held by rekindle run "

    /// The processes of etcd that have the manifest's `--data-dir` and `--name`, as far as it has them, and those
    /// in the control group of a static pod that is called as the manifest's file.
    ///
    /// A container's processes are the host's as well; asked of the kernel, no runtime has to be known. Never by
    /// less: another cluster's etcd, in a pod of its own, may have the same directory in its container. A static
    /// pod's UID is 32 digits without dashes, and its logs are named after it.
    private static let processes = """
        etcd_of() {
          f=$1; [ -e "$f" ] || f=$2
          [ -e "$f" ] || return 0
          flag() {
            sed -n 's/^[[:space:]]*-[[:space:]]*//p' "$f" | tr -d "\\"'" | sed 's/[[:space:]]*$//' \\
              | grep -e "^--$1=" | head -n 1
          }
          d=$(flag data-dir) m=$(flag name)
          b=${f##*/} u=
          for l in /var/log/pods/kube-system_"${b%%.*}"-*; do
            l=${l##*_}
            case $l in *[!0-9a-f]*) ;; ????????????????????????????????) u="$u -e pod$l" ;; esac
          done
          [ -n "$d$m$u" ] || return 0
          for p in /proc/[0-9]*; do
            { tr '\\0' '\\n' <"$p/cmdline"; } 2>/dev/null | {
              read -r a || exit 0
              [ "${a##*/}" = etcd ] || exit 0
              w=$(cat)
              has() { [ -z "$1" ] || printf '%s\\n' "$w" | grep -qxF -- "$1"; }
              if [ -n "$d$m" ] && has "$d" && has "$m"; then :
              elif [ -n "$u" ] && grep -qsF $u "$p/cgroup"; then :
              else exit 0; fi
              printf '%s ' "${p#/proc/}"
            }
          done
        }
        """
}
