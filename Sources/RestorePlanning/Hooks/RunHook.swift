/// Runs a command of the playbook's own, as root, on all hosts of a group at once.
///
/// Nothing on a host tells whether it has happened: a run that is taken up again in the middle of it runs it
/// once more on every host of the group, so it must be safe to run twice. A rollback runs what undoes it,
/// on the other side of the members' stop and start.
package struct RunHook: Step {
    static let word = "run"

    package let hook: Hook

    package var name: String { Self.word }
    package var summary: String { "on each host of \(hook.group): \(hook.words)" }
    package var defaults: StepLimits { StepLimits(retries: 0, timeoutSeconds: 60) }
    package var requires: Set<Condition> { [] }
    package var establishes: Set<Condition> { [] }

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        let hosts = cluster.groups[hook.group] ?? []
        return hosts.isEmpty ? [] : [Stage(hook.words, hook: HookRun(hook: hook, hosts: hosts))]
    }
}
