extension Playbook {
    /// What needs no file beside the program, by name; the first is the default.
    package static let builtIn = [
        restoreCluster, restoreClusterStaged, restoreFromMembers, restoreSingleMember,
        restoreKubernetes, drill,
    ]

    /// The same as `playbooks/restore-cluster.yaml`, so that the program needs no file beside it.
    package static let restoreCluster = Playbook(
        name: "restore-cluster",
        summary: "Stop every member, restore all of them from one snapshot, start them together, "
            + "prove the result.",
        lines: [
            Line(step: StopMembers()),
            Line(step: DistributeSnapshot()),
            Line(step: ArchiveData()),
            Line(step: RestoreSnapshot()),
            Line(step: SetOwnership()),
            Line(step: StartMembers()),
            Line(step: VerifyCluster()),
        ]
    )

    /// The same as `playbooks/restore-cluster-staged.yaml`.
    package static let restoreClusterStaged = Playbook(
        name: "restore-cluster-staged",
        summary:
            "Restore beside the cluster that still serves, then stop it, swap by rename, start "
            + "all members together, prove the result.",
        lines: [
            Line(step: DistributeSnapshot()),
            Line(step: RestoreSnapshot()),
            Line(step: SetOwnership()),
            Line(step: CompareRestored()),
            Line(step: StopMembers()),
            Line(step: ArchiveData()),
            Line(step: StartMembers()),
            Line(step: VerifyCluster()),
        ]
    )

    /// The same as `playbooks/restore-from-members.yaml`.
    package static let restoreFromMembers = Playbook(
        name: "restore-from-members",
        summary:
            "Without a quorum: recover the best of the members' own data, restore every member "
            + "from it, prove the result.",
        lines: [Line(step: RecoverSnapshot())] + restoreCluster.lines
    )

    /// The same as `playbooks/restore-single-member.yaml`.
    package static let restoreSingleMember = Playbook(
        name: "restore-single-member",
        summary: "Stop the only member, restore it from a snapshot, start it, prove the result.",
        lines: restoreCluster.lines,
        memberCount: 1
    )

    /// The same as `playbooks/drill.yaml`.
    package static let drill = Playbook(
        name: "drill",
        summary:
            "Restore into a scratch cluster beside production, prove it, measure it, remove it, "
            + "prove that production is untouched.",
        lines: [
            Line(step: ObserveProduction()),
            Line(step: DistributeSnapshot()),
            Line(step: RestoreSnapshot()),
            Line(step: SetOwnership()),
            Line(step: CompareRestored()),
            Line(step: StartScratchCluster()),
            Line(
                step: VerifyCluster(),
                limits: StepLimits(retries: VerifyCluster().defaults.retries, timeoutSeconds: 180)
            ),
            Line(step: RemoveScratchCluster()),
            Line(step: CompareProduction()),
        ]
    )
}
