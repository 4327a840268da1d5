extension Playbook {
    /// The same as `playbooks/restore-kubernetes.yaml`.
    package static let restoreKubernetes = Playbook(
        name: "restore-kubernetes",
        summary: "Take the control plane down, restore every etcd member with a raised revision, "
            + "prove the result, bring it up again.",
        lines: [hook("stop", stopControlPlane, undo: startControlPlane)] + restoreCluster.lines
            + [hook("start", startControlPlane, undo: stopControlPlane)],
        revisionBump: .auto
    )

    private static func hook(_ verb: String, _ command: String, undo: String) -> Line {
        Line(
            step: RunHook(
                hook: Hook(
                    group: "control-plane",
                    command: ["sh", "-c", command],
                    undo: ["sh", "-c", undo],
                    title: "\(verb) kube-apiserver, kube-controller-manager and kube-scheduler"
                )
            ),
            limits: StepLimits(retries: 0, timeoutSeconds: 180)
        )
    }

    /// Moves the manifests away, as the kubelet wants it, and waits until nothing of them runs.
    ///
    /// A process's name is at most 15 bytes long (`TASK_COMM_LEN`, linux/sched.h): "kube-controller".
    private static let stopControlPlane = """
        set -eu
        m=/etc/kubernetes/manifests h=/etc/kubernetes/rekindle-control-plane
        mkdir -p -m 0700 "$h"
        for p in kube-scheduler kube-controller-manager kube-apiserver; do
          [ -e "$m/$p.yaml" ] || continue
          [ ! -e "$h/$p.yaml" ] || { echo "$p.yaml is in $m and in $h: which is right?" >&2; exit 1; }
          mv -n -- "$m/$p.yaml" "$h/"
        done
        [ -e "$h/kube-apiserver.yaml" ] || { echo "there is no $m/kube-apiserver.yaml" >&2; exit 1; }
        n=0
        while pgrep -x 'kube-(apiserver|scheduler|controller)' >/dev/null; do
          n=$((n + 1))
          [ "$n" -le 120 ] || { echo "after 120 s there still runs:" >&2; pgrep -lx 'kube-.*' >&2; exit 1; }
          sleep 1
        done

        """

    private static let startControlPlane = """
        set -eu
        m=/etc/kubernetes/manifests h=/etc/kubernetes/rekindle-control-plane
        for p in kube-apiserver kube-controller-manager kube-scheduler; do
          [ -e "$h/$p.yaml" ] || continue
          [ ! -e "$m/$p.yaml" ] || { echo "$p.yaml is in $m and in $h: which is right?" >&2; exit 1; }
          mv -n -- "$h/$p.yaml" "$m/"
        done
        [ ! -d "$h" ] || rmdir -- "$h"
        n=0
        until pgrep -x kube-apiserver >/dev/null; do
          n=$((n + 1))
          [ "$n" -le 120 ] || { echo "kube-apiserver does not run after 120 s" >&2; exit 1; }
          sleep 1
        done

        """
}
