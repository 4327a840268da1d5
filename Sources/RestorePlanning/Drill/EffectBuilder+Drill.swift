import RemoteHost

extension EffectBuilder {
    /// nil for a member whose service is what is started.
    package func startScratch() -> PlannedEffect? {
        guard let scratch = target.scratch else { return nil }
        return PlannedEffect(
            kind: .startScratch,
            member: target.name,
            summary: "start a scratch etcd on \(target.paths.staging), without waiting for it",
            // etcd's user must be able to pass them, and to see nothing of what else lies there
            commands: [["chmod", "0711", "--", ".", target.paths.run]]
                + (target.paths.walTwin.map { [$0.words("within", ["chmod", "0711", "--", "."])] }
                    ?? [])
                + words(manager(scratch).start(scratch.command))
        )
    }

    package func stopScratch() -> PlannedEffect? {
        guard let scratch = target.scratch else { return nil }
        return PlannedEffect(
            kind: .stopScratch,
            member: target.name,
            summary: "stop the scratch etcd",
            commands: words(manager(scratch).stop())
        )
    }

    private func manager(_ scratch: ScratchMember) -> any ScratchManager {
        scratch.manager(user: target.user, group: target.group)
    }
}
