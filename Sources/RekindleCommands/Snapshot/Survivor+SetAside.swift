import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning

extension Survivor {
    /// Of each member of a restore, how the data can be had that the restore set aside, or why not.
    ///
    /// The cluster may serve meanwhile: what lies there is nobody's but the run's.
    static func setAside(
        by plan: Plan,
        _ findings: [String: MemberFindings],
        withoutWAL: Bool
    ) -> (survivors: [Survivor], lost: [LostMember]) {
        var survivors: [Survivor] = []
        var lost: [LostMember] = []
        for target in plan.targets {
            switch data(of: target, findings[target.name], plan.run) {
            case .success(let data):
                survivors.append(
                    Survivor(name: target.name, way: withoutWAL ? .database(data) : .replayed(data))
                )
            case .failure(let reason): lost.append(reason)
            }
        }
        return (survivors, lost)
    }

    private static func data(
        of target: MemberTarget,
        _ finding: MemberFindings?,
        _ run: RunID
    ) -> Result<StoppedData, LostMember> {
        func no(
            _ reason: String,
            _ hint: String? = nil,
            hasNoData: Bool = false
        ) -> Result<StoppedData, LostMember> {
            .failure(
                LostMember(name: target.name, reason: reason, hint: hint, hasNoData: hasNoData)
            )
        }
        let facts: HostFacts
        switch finding {
        case .facts(let found): facts = found
        case .unreachable(let failure): return no(failure.description, failure.hint)
        case .unreadable(let text): return no(text)
        case nil: return no("was not asked")
        }
        guard facts.isRoot else {
            return no("its data cannot be read: commands do not run as root there", "see `become`")
        }
        guard target.hasOldData else {
            return no("run \(run) found no data there to set aside", hasNoData: true)
        }
        guard let digest = facts.tools.digest else { return no("it has no program for SHA-256") }
        let paths = target.paths
        let folder = MemberPaths.parent(of: paths.setAsideMember)
        return .success(
            StoppedData(
                member: target.name,
                dataDir: folder,
                walDir: paths.setAsideWAL ?? "\(paths.setAsideMember)/wal",
                etcd: facts.tools.etcd,
                client: facts.tools.etcdctl.map {
                    EtcdClient(
                        program: $0.path,
                        endpoint: "unix://client:2379",
                        tls: nil,
                        login: target.login
                    )
                },
                digest: digest,
                quotaBackendBytes: facts.configuration["quota-backend-bytes"],
                databaseBytes: facts.dataDir?.databaseBytes ?? 0,
                neighbour: facts.dataDir?.realPath ?? paths.dataDir
            )
        )
    }
}
