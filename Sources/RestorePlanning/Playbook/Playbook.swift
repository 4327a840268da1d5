package import ClusterInventory

/// An ordered list of steps with their limits: data, checked before anything runs.
package struct Playbook: Sendable {
    package struct Line: Sendable {
        package var step: any Step
        package var limits: StepLimits
        /// Where it stands in its file; nil for a built-in one.
        package var place: TextPlace?

        package init(step: any Step, limits: StepLimits? = nil, place: TextPlace? = nil) {
            self.step = step
            self.limits = limits ?? step.defaults
            self.place = place
        }
    }

    package var name: String
    package var summary: String
    package var lines: [Line]
    /// Whether a snapshot of what still runs is saved before anything is stopped.
    package var savesSafetySnapshot: Bool
    /// How the hosts hand the snapshot on to one another; nil where each is sent it.
    package var relay: RelaySettings?
    /// What the user wants to find in the data, once it is proven.
    package var checks: [DataCheck]
    /// By how much the revision is raised unless a flag says otherwise; nil for not at all.
    package var revisionBump: RevisionRaise?
    /// The size of the clusters that it is for; nil for any.
    package var memberCount: Int?

    package init(
        name: String,
        summary: String,
        lines: [Line],
        savesSafetySnapshot: Bool = true,
        relay: RelaySettings? = nil,
        checks: [DataCheck] = [],
        revisionBump: RevisionRaise? = nil,
        memberCount: Int? = nil
    ) {
        self.name = name
        self.summary = summary
        self.lines = lines
        self.savesSafetySnapshot = savesSafetySnapshot
        self.relay = relay
        self.checks = checks
        self.revisionBump = revisionBump
        self.memberCount = memberCount
    }

    /// Whether it leaves production alone.
    package var isDrill: Bool { lines.contains { $0.step.establishes.contains(.scratchStarted) } }
}

extension Playbook {
    /// Whether its snapshot comes from the members' own data.
    package var recoversSnapshot: Bool {
        lines.contains { $0.step.establishes.contains(.snapshotRecovered) }
    }
}

/// Why a playbook cannot be run.
package struct PlaybookFault: Sendable, Hashable {
    package var place: TextPlace?
    package var message: String
    package var hint: String

    package init(place: TextPlace?, message: String, hint: String) {
        self.place = place
        self.message = message
        self.hint = hint
    }
}

extension Playbook {
    /// Goes through the steps as a state machine: what each needs must have been established.
    package func faults() -> [PlaybookFault] {
        var faults: [PlaybookFault] = []
        var established: Set<Condition> = []
        for line in lines {
            if let relay, relay.port == nil, line.step.establishes.contains(.snapshotDistributed),
                !established.contains(.membersStopped)
            {
                faults.append(
                    PlaybookFault(
                        place: line.place,
                        message: "\(line.step.name) comes before the stop, and the relay would "
                            + "need the peer ports that etcd still holds",
                        hint: "set `relay-port` to one that the members' firewalls let through "
                            + "between them"
                    )
                )
            }
            for condition in Condition.allCases
            where line.step.requires.contains(condition) && !established.contains(condition) {
                faults.append(missing(condition, before: line))
            }
            for condition in Condition.allCases
            where line.step.excludes.contains(condition) && established.contains(condition) {
                faults.append(
                    PlaybookFault(
                        place: line.place,
                        message: "\(line.step.name) comes too late: \(condition.rawValue)",
                        hint: "a playbook stops and starts the members once"
                    )
                )
            }
            if !line.step.establishes.isEmpty, line.step.establishes.isSubset(of: established) {
                faults.append(
                    PlaybookFault(
                        place: line.place,
                        message: "\(line.step.name) is there twice",
                        hint: "name each step once"
                    )
                )
            }
            established.formUnion(line.step.establishes)
        }
        if !established.contains(.clusterProven) {
            faults.append(
                PlaybookFault(
                    place: lines.last?.place,
                    message: "the playbook does not end with a proof",
                    hint: "add verify-cluster as the last step: done means proven"
                )
            )
        }
        for line in lines.dropFirst() where line.step is RecoverSnapshot {
            faults.append(
                PlaybookFault(
                    place: line.place,
                    message:
                        "\(line.step.name) is not the first step, and is done before all others",
                    hint: "put it first, once"
                )
            )
        }
        if isDrill {
            for line in lines where line.step is RecoverSnapshot {
                faults.append(
                    PlaybookFault(
                        place: line.place,
                        message: "a drill is of a kept snapshot, and \(line.step.name) is for a "
                            + "cluster without a quorum",
                        hint: "take it out, and name the snapshot with --snapshot"
                    )
                )
            }
            for line in lines where line.step is RunHook {
                faults.append(
                    PlaybookFault(
                        place: line.place,
                        message: "a drill leaves production alone, and runs nothing there",
                        hint: "take \(line.step.name) out of it"
                    )
                )
            }
        }
        if established.contains(.scratchStarted), !established.contains(.productionCompared) {
            faults.append(
                PlaybookFault(
                    place: lines.last?.place,
                    message: "the drill does not end with a look at production",
                    hint: "add remove-scratch-cluster and compare-production as the last steps"
                )
            )
        }
        return faults
    }

    private func missing(_ condition: Condition, before line: Line) -> PlaybookFault {
        let by = StepCatalog.steps.first { $0.establishes.contains(condition) }?.name ?? "no step"
        return PlaybookFault(
            place: line.place,
            message: "\(line.step.name) needs that \(condition.rawValue)",
            hint: "put \(by) before it"
        )
    }
}
