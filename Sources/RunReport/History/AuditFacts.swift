import EtcdModel
import ClusterInventory
import RemoteHost
import RestorePlanning
import RestoreRun

/// What an auditor asks for beyond what a person at a terminal does.
struct AuditFacts {
    let history: RunHistory
    private var plan: Plan { history.subject.summary.plan }
    /// The plan that the run began with: what was decided of it holds whatever came after.
    private var restore: Plan { history.chapters[0].summary.plan }

    /// What the run was about.
    var facts: [(String, StyledLine)] {
        let parts = RunParts(summary: history.subject.summary)
        // that it was undone does not make it unimportant what it was
        let undone =
            plan.kind == .rollback ? RunParts(summary: history.chapters[0].summary).snapshot : []
        return [("cluster", StyledLine(plan.cluster, .bold))] + parts.content + undone + parts.times
            + lost + relayed + dependents
    }

    /// What did not come back that systemd had stopped with etcd.
    private var dependents: [(String, StyledLine)] {
        history.subject.summary.missingDependents.map { member, unit in
            let said = unit.log.last.map { ", \($0)" } ?? ""
            return (
                "not back on \(member)", StyledLine("\(unit.name): \(unit.state)\(said)", .warn)
            )
        }
    }

    /// How the hosts handed the snapshot on, and who was sent to instead.
    private var relayed: [(String, StyledLine)] {
        history.chapters.flatMap(\.sittings).flatMap(\.relays).flatMap(RelayWords.lines).map {
            line in
            line.member == "relay"
                ? ("relay", StyledLine(line.text))
                : ("no relay for \(line.member)", StyledLine(line.text, .warn))
        }
    }

    /// How the data of before compares; nothing where no plan asked for it.
    private var lost: [(String, StyledLine)] {
        guard plan.kind != .rollback, let live = restore.outlook.liveRevision,
            let snapshot = restore.snapshot
        else { return [] }
        let behind = live.subtracting(saturating: snapshot.proof.revision)
        let text =
            behind > 0
            ? "\(counted(Int(clamping: behind), "revision", "revisions")): the cluster was at "
                + "revision \(live) when the plan was made"
            : "nothing that was known: the cluster was at revision \(live) when the plan was made"
        return [("not in snapshot", StyledLine(text, behind > 0 ? .warn : .plain))]
    }

    /// What was decided by a person, against or beyond what the program does by itself.
    var exceptions: [(String, StyledLine)] {
        // a member may be fenced at any time of a run, and again after it had joined
        let fences = history.chapters.flatMap(\.summary.plan.fenced)
            .reduce(into: [FencedMember]()) { all, one in
                if !all.contains(where: { $0.name == one.name && $0.reason == one.reason }) {
                    all.append(one)
                }
            }
        var exceptions = fences.map {
            (
                "fenced \($0.name)",
                StyledLine(
                    "left out on the operator's word that it is off and stays off: \($0.reason)"
                        + ($0.left.map { "; maybe left there: \($0.joined(separator: ", "))" } ?? "")
                )
            )
        }
        if let amount = restore.revisionBump, let snapshot = restore.snapshot {
            let raised = snapshot.proof.revision(raisedBy: amount)
            exceptions.append(
                (
                    "raised revision",
                    StyledLine("by \(amount), to \(raised); all before is compacted")
                )
            )
        }
        if let other = restore.snapshot?.fromCluster {
            exceptions.append(
                (
                    "another cluster",
                    StyledLine(
                        "the snapshot is of \(other), on the operator's word (--from-cluster)",
                        .warn
                    )
                )
            )
        }
        let taken = MemberGroups.of(
            restore.targets.compactMap { target in
                target.takesOver.map { (target.name, $0) }
            }
        )
        exceptions += taken.map {
            (
                "took over",
                StyledLine("the locks of run \($0.value) on \($0.names.joined(separator: ", "))")
            )
        }
        if restore.kind != .drill, restore.outlook.liveRevision != nil,
            restore.safetySnapshot == nil
        {
            exceptions.append(
                (
                    "no save before",
                    StyledLine("no snapshot of what the cluster held was planned before the stop")
                )
            )
        }
        return exceptions + restore.outlook.warnings.map { ("warned of", StyledLine($0)) }
    }

    /// Each host as the plan found it.
    var hosts: Table {
        Table(
            [
                Table.Column("member"), Table.Column("host"), Table.Column("reached as"),
                Table.Column("unit"), Table.Column("data directory"), Table.Column("WAL directory"),
                Table.Column("restored with"),
            ],
            rows: plan.targets.map { target in
                let endpoint = target.endpoint
                let port = endpoint.port == 22 ? "" : " port \(endpoint.port)"
                let way = endpoint.jumpText.map { " through \($0)" } ?? ""
                let version = target.tools.restoreVersion.map { " \($0)" } ?? ""
                return [
                    StyledLine(target.name, .bold), StyledLine("\(endpoint.host)\(port)\(way)"),
                    StyledLine(
                        endpoint.user + (endpoint.become == .none ? "" : ", \(endpoint.become)")
                    ),
                    StyledLine(target.service.title), StyledLine(target.paths.dataDir),
                    StyledLine(target.paths.walDir ?? ""),
                    StyledLine(target.tools.restore + version),
                ]
            }
        )
    }

    /// Who ran it from where, with what.
    var coordinators: Table {
        Table(
            [
                Table.Column("from (UTC)"), Table.Column("to (UTC)"), Table.Column("what"),
                Table.Column("operator"), Table.Column("coordinator"), Table.Column("rekindle"),
                Table.Column("ended"),
            ],
            rows: history.chapters.flatMap { chapter in
                chapter.sittings.map { sitting in
                    let record = sitting.coordinator
                    return [
                        StyledLine(TimeText.dateAndClock(sitting.beganAt)),
                        StyledLine(TimeText.dateAndClock(sitting.endedAt)),
                        StyledLine(chapter.summary.plan.kind.rawValue),
                        StyledLine(record.operator.user),
                        StyledLine("\(record.operator.coordinator), process \(record.process)"),
                        StyledLine(record.version), AuditFacts.ending(sitting),
                    ]
                }
            }
        )
    }

    static func ending(_ sitting: Sitting) -> StyledLine {
        switch sitting.ending {
        case .completed: StyledLine("complete", .good)
        case .failed: StyledLine("failed", .bad)
        case .interrupted: StyledLine("interrupted by a signal", .warn)
        case .refused: StyledLine("refused", .bad)
        case nil: StyledLine("no ending recorded", .warn)
        }
    }

    /// Every try that failed, also where a later one did not.
    var stumbles: [Sitting.TimedStumble] {
        history.chapters.flatMap { $0.sittings.flatMap(\.stumbles) }
    }

    var journal: [(String, StyledLine)] {
        var fields = history.seal.fields
        if let first = history.firstAt, let last = history.lastAt {
            fields.insert(
                ("from, to", StyledLine("\(TimeText.rfc3339(first)), \(TimeText.rfc3339(last))")),
                at: 1
            )
        }
        fields += history.chapters.compactMap { chapter in
            chapter.planSHA256.map {
                ("SHA-256 of the \(chapter.summary.plan.kind.rawValue)'s plan", StyledLine($0))
            }
        }
        return fields + [
            (
                "to verify",
                StyledLine(
                    "`rekindle runs verify \(plan.run)` reads the journal again, and prints this last "
                        + "hash as long as no byte of it was changed; note the hash where the "
                        + "coordinator's operator cannot write"
                )
            )
        ]
    }
}
