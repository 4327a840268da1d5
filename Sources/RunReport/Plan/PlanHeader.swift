import EtcdModel
import RemoteHost
import RestorePlanning

extension SnapshotReference {
    /// nil for one that lies as it is.
    var layerWords: String? {
        guard let layers, !layers.isEmpty else { return nil }
        return "opened with \(layers.joined(separator: ", then "))"
    }
}

/// What is restored, and onto whom.
struct PlanHeader {
    let plan: Plan

    func add(to page: inout Page) {
        page.fields(identity)
        switch plan.kind {
        case .restore, .join, .drill:
            page.heading("MEMBERS")
            page.table(members)
            page.blank()
            page.table(room(page.style))
        case .member:
            page.heading("MEMBERS")
            page.table(oldMembers)
            page.blank()
            page.table(room(page.style))
        case .rollback, .unjoin, .clean:
            page.heading("MEMBERS")
            page.table(oldMembers)
        }
    }

    private var identity: [(String, StyledLine)] {
        let run: [(String, StyledLine)] =
            [
                ("run", StyledLine(plan.run.rawValue, .bold)),
                (
                    "cluster",
                    StyledLine(plan.cluster, .bold)
                        + StyledLine(
                            ", \(counted(plan.topology.members.count, "member", "members"))"
                        )
                        + StyledLine(
                            plan.fenced.isEmpty ? "" : ", \(plan.fenced.count) of them fenced"
                        )
                ),
                ("playbook", StyledLine("\(plan.playbook), planned at \(plan.createdAt)")),
            ] + logins
        guard plan.kind != .rollback, plan.kind != .clean, plan.kind != .unjoin else {
            return run + saved + leftOut
        }
        guard let snapshot = plan.snapshot else { return run + plan.memberIdentity }
        let proof = snapshot.proof
        return run + [
            (
                "snapshot",
                StyledLine(snapshot.path, .bold)
                    + StyledLine(snapshot.layerWords.map { ", \($0)" } ?? "")
            ),
            (
                "  size",
                StyledLine("\(ByteText.describe(proof.bytes)) (\(proof.bytes) bytes)")
            ),
            ("  SHA-256", StyledLine(proof.sha256)),
            (
                "  content",
                StyledLine(
                    "revision \(proof.revision), \(counted(proof.keys, "key", "keys")), "
                        + "HashKV \(proof.hashKV)"
                )
            ),
        ] + (snapshot.manifestWords.map { [("  manifest", StyledLine($0))] } ?? []) + origin(proof)
            + raised + [
                ("new token", StyledLine(plan.topology.token)),
                (
                    plan.kind == .restore ? "new cluster ID" : "cluster ID",
                    StyledLine(plan.clusterID.description)
                ),
            ] + fenced
    }

    /// Whom etcd is asked as; the password itself is in no plan.
    private var logins: [(String, StyledLine)] {
        var said: Set<EtcdLogin> = []
        return plan.targets.compactMap(\.login).filter { said.insert($0).inserted }.map { login in
            (
                "etcd user",
                StyledLine("\(login.user), with the password in \(login.passwordFile) here")
            )
        }
    }

    private var raised: [(String, StyledLine)] {
        guard let amount = plan.revisionBump, let snapshot = plan.snapshot else { return [] }
        return [
            (
                "  raised",
                StyledLine("to revision \(snapshot.proof.revision(raisedBy: amount))", .bold)
                    + StyledLine(
                        ", \(amount) beyond the snapshot's; all before is compacted, and every watch "
                            + "of before is told so"
                    )
            )
        ]
    }

    /// Quorum arithmetic: what the restored cluster can still lose.
    private var fenced: [(String, StyledLine)] {
        guard !plan.fenced.isEmpty else { return [] }
        let quorum = plan.topology.quorum
        let spare = plan.targets.count - quorum
        let sum =
            "\(plan.targets.count) of \(plan.topology.members.count) members are restored, a quorum "
            + "is \(quorum): "
            + (spare < 0
                ? "the cluster cannot serve without \(-spare) more"
                : spare == 0
                    ? "with one more lost the cluster stops" : "it can lose \(spare) more")
        return plan.fenced.map {
            ("fenced", StyledLine($0.name, .bold) + StyledLine(": \($0.reason)", .warn))
        } + [("", StyledLine(sum, spare <= 0 ? .warn : .plain))]
    }

    /// The members that a rollback or a clean does without.
    private var leftOut: [(String, StyledLine)] {
        var lines: [(String, StyledLine)] = []
        for member in plan.fenced {
            let reason = StyledLine(": \(member.reason)", .warn)
            lines.append(("left out", StyledLine(member.name, .bold) + reason))
            if let left = member.left {
                lines.append(("  may be there", StyledLine(left.joined(separator: "; "), .warn)))
            }
        }
        return lines
    }

    /// What else there is to go back to.
    private var saved: [(String, StyledLine)] {
        guard plan.kind == .rollback, let safety = plan.safetySnapshot else { return [] }
        return [
            (
                "saved before",
                StyledLine(
                    "\(safety.path) on \(safety.member), where the restore came so far: what the "
                        + "cluster held then, should its data not start"
                )
            )
        ]
    }

    private func origin(_ proof: SnapshotProof) -> [(String, StyledLine)] {
        var parts: [String] = []
        if !proof.members.isEmpty {
            parts.append(proof.members.map(\.name).joined(separator: ", "))
        }
        if let version = proof.clusterVersion { parts.append("cluster version \(version)") }
        if proof.leases > 0 { parts.append(counted(proof.leases, "lease", "leases")) }
        if proof.authEnabled { parts.append("authentication is on") }
        parts += proof.alarms.map { "alarm \($0)" }
        return parts.isEmpty
            ? [] : [("  taken from", StyledLine(parts.joined(separator: "; ")))]
    }

    private var members: Table {
        Table(
            [
                Table.Column("member"), Table.Column("host"), Table.Column("new member ID"),
                Table.Column("now"),
            ],
            rows: plan.targets.map { target in
                [
                    StyledLine(target.name, .bold), StyledLine(host(target)),
                    StyledLine(target.memberID.description),
                    StyledLine(outlook(target)?.state ?? "not asked"),
                ]
            }
        )
    }

    private func room(_ style: Style) -> Table {
        Table(
            [
                Table.Column("member"), Table.Column("database", .right),
                Table.Column("free", .right), Table.Column("needed", .right),
                Table.Column("data directory"), Table.Column("WAL directory"),
            ],
            rows: plan.targets.map { target in
                let outlook = outlook(target)
                let isShort = outlook.map { ($0.freeBytes ?? .max) < $0.neededBytes } ?? false
                return [
                    StyledLine(target.name, .bold), bytes(outlook?.oldDatabaseBytes),
                    StyledLine(
                        outlook?.freeBytes.map(ByteText.describe) ?? "?",
                        isShort ? .bad : .plain
                    ),
                    bytes(outlook?.neededBytes), StyledLine(target.paths.dataDir),
                    StyledLine(target.paths.walDir ?? ""),
                ]
            }
        )
    }

    private var oldMembers: Table {
        Table(
            [
                Table.Column("member"), Table.Column("host"), Table.Column("old member ID"),
                Table.Column("data directory"), Table.Column("WAL directory"),
            ],
            rows: plan.targets.map { target in
                [
                    StyledLine(target.name, .bold), StyledLine(host(target)),
                    StyledLine(target.oldIdentity?.memberID.description ?? "not known"),
                    StyledLine(target.paths.dataDir), StyledLine(target.paths.walDir ?? ""),
                ]
            }
        )
    }

    private func outlook(_ target: MemberTarget) -> MemberOutlook? {
        plan.outlook.members.first { $0.name == target.name }
    }

    private func host(_ target: MemberTarget) -> String {
        let endpoint = target.endpoint
        return endpoint.host + (endpoint.port == 22 ? "" : " port \(endpoint.port)")
            + (endpoint.jumpText.map { " through \($0)" } ?? "")
    }

    private func bytes(_ count: UInt64?) -> StyledLine {
        count.map { StyledLine(ByteText.describe($0)) } ?? StyledLine("?")
    }
}
