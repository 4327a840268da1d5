import ClusterInventory

/// Holds every member's unit, then stops followers, then the leader.
///
/// A leader that stops first hands its leadership to a member that is stopping as well, and waits
/// for it: seven seconds, every time, for three members at once. A static pod's hold stops it as well, so that
/// followers are held and stopped before the leader is held.
package struct StopMembers: Step {
    package let name = "stop-members"
    package let summary = "stop etcd everywhere, followers first, and let nothing start it again"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 180)
    package let requires: Set<Condition> = []
    package let excludes: Set<Condition> = [.membersStarted]
    package let establishes: Set<Condition> = [.membersStopped]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        stages(cluster.builders, leader: cluster.leader)
    }

    func stages(_ builders: [EffectBuilder], leader name: String?) -> [Stage] {
        if builders.contains(where: { $0.target.service.kind == .staticPod }) {
            return podStages(builders, leader: name)
        }
        let hold = Stage(
            "hold every unit",
            effects: builders.map { $0.holdService() }
        )
        let followers = builders.filter { $0.target.name != name }
        let leader = builders.filter { $0.target.name == name }
        guard !leader.isEmpty, !followers.isEmpty else {
            return [
                hold,
                Stage(
                    "stop every member",
                    effects: followers.map { $0.stopService() }
                        + leader.map { $0.stopService() }
                ),
            ]
        }
        return [
            hold,
            Stage("stop the followers", effects: followers.map { $0.stopService() }),
            Stage("stop the leader", effects: leader.map { $0.stopService() }),
        ]
    }

    private func podStages(_ builders: [EffectBuilder], leader name: String?) -> [Stage] {
        let leaders = builders.filter { $0.target.name == name }
        let followers = builders.filter { $0.target.name != name }
        func stage(_ title: String, _ some: [EffectBuilder]) -> [Stage] {
            some.isEmpty
                ? []
                : [Stage(title, effects: some.flatMap { [$0.holdService(), $0.stopService()] })]
        }
        return leaders.isEmpty || followers.isEmpty
            ? stage("hold and stop every member", builders)
            : stage("hold and stop the followers", followers)
                + stage("hold and stop the leader", leaders)
    }
}
