extension Playbook {
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
}
