package import RemoteHost

/// What a drill starts on a host in place of the member's service.
package struct ScratchMember: Sendable, Hashable, Codable {
    /// What runs it.
    package enum Runner: Sendable, Hashable, Codable {
        case systemd(unit: String)
        /// Held by a file, its output in another.
        case process(lock: String, log: String)
    }

    package var runner: Runner
    /// etcd's path and its flags.
    package var command: [String]
    /// Where its sockets are made.
    package var directory: String
    package var limits: ScratchLimits

    package init(
        runner: Runner,
        command: [String],
        directory: String,
        limits: ScratchLimits
    ) {
        self.runner = runner
        self.command = command
        self.directory = directory
        self.limits = limits
    }

    /// How a person asks for its log.
    package var logHint: String {
        switch runner {
        case .systemd(let unit): "`journalctl -u \(unit)`"
        case .process(_, let log): log
        }
    }

    package func manager(user: String, group: String) -> any ScratchManager {
        switch runner {
        case .systemd(let unit):
            TransientUnit(
                unit: unit,
                user: user,
                group: group,
                directory: directory,
                limits: limits
            )
        case .process(let lock, let log):
            DetachedProcess(lock: lock, directory: directory, log: log, limits: limits)
        }
    }
}
