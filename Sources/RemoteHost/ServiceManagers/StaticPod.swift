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

    package func stop() -> [RemoteCommand] {
        [
            .script(
                Self.processes + """

                    n=0
                    while [ -n "$(etcd_of "$1" "$2")" ]; do
                      n=$((n + 1))
                      [ $n -lt 240 ] || { echo "etcd runs still, 120 s after its manifest was taken away" >&2; exit 1; }
                      sleep 0.5
                    done
                    """,
                [manifest, held]
            )
        ]
    }

    /// The kubelet looks at its directory at once, or every 20 seconds at the latest (fileCheckFrequency).
    package func releaseAndStart() -> [RemoteCommand] { release() }

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
                : isThere ? "about to start" : "stopped, no manifest",
            heldBy: lines["service.hold"],
            isHoldLoaded: isHeld && !isThere
        )
    }

    private static let marker = "held by rekindle run "

    /// The processes of etcd that have the manifest's `--data-dir`, or its `--name` where it has none.
    ///
    /// A container's processes are the host's as well; asked of the kernel, no runtime has to be known.
    private static let processes = """
        etcd_of() {
          f=$1; [ -e "$f" ] || f=$2
          [ -e "$f" ] || return 0
          d=$(sed -n 's/^[[:space:]]*-[[:space:]]*"\\{0,1\\}\\(--data-dir=[^"]*\\)"\\{0,1\\}[[:space:]]*$/\\1/p' "$f" | head -n 1)
          [ -n "$d" ] || d=$(sed -n 's/^[[:space:]]*-[[:space:]]*"\\{0,1\\}\\(--name=[^"]*\\)"\\{0,1\\}[[:space:]]*$/\\1/p' "$f" | head -n 1)
          [ -n "$d" ] || return 0
          for p in /proc/[0-9]*; do
            { tr '\\0' '\\n' <"$p/cmdline"; } 2>/dev/null | {
              read -r a || exit 0
              [ "${a##*/}" = etcd ] && grep -qxF -- "$d" && printf '%s ' "${p#/proc/}"
            }
          done
        }
        """
}
