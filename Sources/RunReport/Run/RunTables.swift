import EtcdModel
import RestorePlanning
import RestoreRun

/// What every form of a report shows as a table.
struct RunTables {
    let summary: RunSummary

    var members: Table {
        Table(
            [
                Table.Column("member"), Table.Column("host"), Table.Column("member ID"),
                Table.Column("state"), Table.Column("revision", .right),
                Table.Column("HashKV", .right),
            ],
            rows: summary.members.map { member in
                [
                    StyledLine(member.name, .bold), StyledLine(member.host),
                    StyledLine(member.memberID?.description ?? ""),
                    StyledLine(member.state, ink(member.state)),
                    StyledLine(member.revision.map { String($0) } ?? ""),
                    StyledLine(member.hashKV.map { String($0) } ?? ""),
                ]
            }
        )
    }

    private func ink(_ state: String) -> Ink {
        switch state {
        case "proven": .good
        case "fenced": .warn
        case "failed", "not proven": .bad
        default: .plain
        }
    }

    var steps: Table {
        Table(
            [
                Table.Column("", .right), Table.Column("step"), Table.Column("began"),
                Table.Column("took", .right), Table.Column("tries", .right),
            ],
            rows: summary.begunSteps.map { step in
                [
                    StyledLine("\(step.number)"), StyledLine(step.name),
                    StyledLine(TimeText.clock(step.beganAt)),
                    StyledLine(TimeText.length(step.seconds)),
                    StyledLine("\(step.attempts)", step.attempts > 1 ? .warn : .plain),
                ]
            }
        )
    }

    /// Members of whom the same was expected and seen share a row.
    ///
    /// `shown` may shorten a value where the form has no room.
    func proofs(shown: (String) -> String = { $0 }) -> Table {
        let proofs = summary.state.proofs.filter { $0.name != ProductionLook.nameBefore }
        let named = MemberGroups.of(proofs.map { ("", $0.name) })
        let rows = named.flatMap { name in
            let same = proofs.filter { $0.name == name.value }.map(Self.inWords)
            let groups = MemberGroups.of(
                same.map { proof in
                    var shared = proof
                    shared.member = nil
                    return (proof.member ?? "the cluster", shared)
                }
            )
            return groups.map { group in
                [
                    StyledLine(group.value.holds ? .good : .bad), StyledLine(group.value.name),
                    StyledLine(MemberGroups.list(group.names, of: summary.plan.targets.count)),
                    StyledLine(shown(group.value.expected)),
                    StyledLine(
                        shown(group.value.observed),
                        group.value.holds ? .plain : .bad
                    ),
                ]
            }
        }
        return Table(
            [
                Table.Column(""), Table.Column("proof"), Table.Column("members"),
                Table.Column("expected"), Table.Column("observed"),
            ],
            rows: rows
        )
    }

    /// Of production many lines were compared, of which only those matter that differ.
    private static func inWords(_ proof: ProofRecord) -> ProofRecord {
        guard proof.name == ProductionLook.name else { return proof }
        var words = proof
        let differences = ProductionLook.differences(proof.expected, proof.observed)
        words.expected = "as before the drill"
        words.observed = differences.isEmpty ? "the same" : differences.joined(separator: "; ")
        return words
    }

    /// Where the expected values of the proofs are from.
    var originOfExpected: String {
        switch summary.plan.kind {
        case .join, .unjoin, .member:
            "computed from the plan; the data is compared among the members"
        case .restore, .drill: "computed from the snapshot file and the plan"
        case .rollback, .clean: "read from the old data before the restore"
        }
    }
}
