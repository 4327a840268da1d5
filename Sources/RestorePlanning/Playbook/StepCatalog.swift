/// Every step that a playbook may name.
package enum StepCatalog {
    package static let steps: [any Step] = [
        RecoverSnapshot(),
        StopMembers(),
        DistributeSnapshot(),
        ArchiveData(),
        RestoreSnapshot(),
        SetOwnership(),
        CompareRestored(),
        StartMembers(),
        VerifyCluster(),
        ObserveProduction(),
        StartScratchCluster(),
        RemoveScratchCluster(),
        CompareProduction(),
    ]

    package static func step(named name: String) -> (any Step)? {
        steps.first { $0.name == name }
    }
}
