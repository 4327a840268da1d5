extension Playbook {
    /// The same as `playbooks/restore-kubernetes.yaml`.
    package static let restoreKubernetes = Playbook(
        name: "restore-kubernetes",
        summary: "Take the control plane down, restore every etcd member with a raised revision, "
            + "prove the result, bring it up again.",
        lines: [hook("stop", undo: "start", as: "undo", timeoutSeconds: 180)]
            + restoreCluster.lines
            + [hook("start", undo: "stop", as: "stop", timeoutSeconds: 360)],
        revisionBump: .auto
    )

    private static func hook(
        _ verb: String,
        undo: String,
        as undoing: String,
        timeoutSeconds: Int
    ) -> Line {
        let pods = "kube-apiserver, kube-controller-manager and kube-scheduler"
        return Line(
            step: RunHook(
                hook: Hook(
                    group: "control-plane",
                    command: ["sh", "-c", ControlPlane.script, verb],
                    undo: ["sh", "-c", ControlPlane.script, undoing],
                    title: "\(verb) \(pods)",
                    undoTitle: "\(undo) \(pods) again"
                )
            ),
            limits: StepLimits(retries: 0, timeoutSeconds: timeoutSeconds)
        )
    }
}
