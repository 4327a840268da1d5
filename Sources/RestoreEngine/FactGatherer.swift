package import ClusterInventory
import EtcdModel
import RemoteHost
package import RestorePlanning

/// Asks every member's host, all at once, and changes nothing there.
package struct FactGatherer: Sendable {
    let fleet: Fleet
    /// The coordinator's clock, in seconds since 1970.
    let now: @Sendable () -> Double

    package init(fleet: Fleet, now: @escaping @Sendable () -> Double) {
        self.fleet = fleet
        self.now = now
    }

    /// One finding for each member, by name: a host that cannot be asked is a finding too.
    package func findings(for inventory: Inventory, run: RunID?) async -> [String: MemberFindings] {
        await withTaskGroup(of: (String, MemberFindings).self) { group in
            for member in inventory.members {
                group.addTask { (member.member.name, await findings(of: member, run: run)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// One finding for each host that hooks act on, by name.
    package func findings(
        of hosts: [(host: HookHost, programs: [String])]
    ) async -> [String: HookFinding] {
        await withTaskGroup(of: (String, HookFinding).self) { group in
            for (host, programs) in hosts {
                group.addTask { (host.name, await finding(of: host, programs)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @concurrent
    private func finding(of host: HookHost, _ programs: [String]) async -> HookFinding {
        guard let link = fleet[host.name] else {
            return .unreadable("there is no link to the host")
        }
        do {
            let result = try await link.run(
                HookChecks.look(for: programs),
                limits: CommandLimits(deadline: .seconds(60))
            )
            return HookChecks.read(result.outputText)
                ?? .unreadable("it ended with \(result.ending): \(result.lastLines(3))")
        } catch let failure as HostFailure {
            return .unreachable(failure)
        } catch {
            return .unreadable("\(error)")
        }
    }

    @concurrent
    private func findings(of member: InventoryMember, run: RunID?) async -> MemberFindings {
        guard let link = fleet[member.member.name] else {
            return .unreadable("there is no link to the host")
        }
        do {
            return try await facts(of: member, link: link, run: run)
        } catch let failure as HostFailure {
            return .unreachable(failure)
        } catch {
            return .unreadable("\(error)")
        }
    }

    private func facts(
        of member: InventoryMember,
        link: HostLink,
        run: RunID?
    ) async throws -> MemberFindings {
        let manager = member.service.manager(of: member.member.name)
        let limits = CommandLimits(deadline: .seconds(60))
        let asked = now()
        let first = try await link.run(FactsScript.system(for: member), limits: limits)
        let answered = now()
        guard
            var system = SystemFacts(
                first.outputText,
                manager: manager,
                unit: member.service.unit
            )
        else { return unreadable(first) }
        let files = system.wantedFiles
        if !files.isEmpty {
            system.take(try await link.run(FactsScript.files(files), limits: limits).outputText)
        }
        let process = system.process(of: member.member.name)
        var facts = HostFacts(
            hostname: system.hostname,
            isRoot: system.isRoot,
            clockOffset: system.epochSeconds.map { .seconds($0 - (asked + answered) / 2) },
            tools: system.tools,
            unit: system.unit,
            configuration: process.map { system.configuration.filled(from: $0.configuration) }
                ?? system.configuration,
            dataDir: nil,
            walDir: nil,
            observation: nil,
            missingTLSFile: nil,
            live: nil,
            spare: system.spare,
            sudo: system.sudo,
            process: process
        )
        facts.unit.obstacle = system.obstacle
        guard let dataDir = member.etcd.dataDir ?? facts.configuration["data-dir"] else {
            return .facts(facts)
        }
        let tls = ClientTLS(
            cacert: member.etcd.cacert,
            cert: member.etcd.cert,
            key: member.etcd.key
        )
        let second = try await link.run(
            FactsScript.directories(
                dataDir: dataDir,
                walDir: member.etcd.walDir ?? facts.configuration["wal-dir"],
                tls: tls,
                account: AccountQuestion(member, system.unit),
                unit: member.service.kind == .systemd ? member.service.unit : ""
            ),
            limits: limits
        )
        guard let directories = DirectoriesFacts(second.outputText) else {
            return unreadable(second)
        }
        facts.dataDir = directories.data
        facts.walDir = directories.wal
        facts.missingTLSFile = directories.missingTLSFile
        facts.account = directories.account
        facts.process = system.process(
            of: member.member.name,
            database: directories.data.databaseInode
        )
        let (script, third) = try await look(member, directories, link, run)
        guard let observation = script.read(third.outputText) else {
            // taken for nothing to see, it would be a host without old data and without a lock
            return unreadable(third)
        }
        facts.observation = observation
        if let client = client(member, facts, tls) { try await ask(client, &facts, link) }
        if let cert = member.etcd.cert, member.etcd.login == nil {
            facts.certificateName = CertificateName.read(
                try await link.run(CertificateName.look(cert))
            )
        }
        return .facts(facts)
    }

    private func look(
        _ member: InventoryMember,
        _ directories: DirectoriesFacts,
        _ link: HostLink,
        _ run: RunID?
    ) async throws -> (ObservationScript, CommandResult) {
        // without a run of ours, the run's own directories are looked for under a name nobody has
        let script = ObservationScript(
            paths: MemberPaths(
                dataDir: directories.data.realPath,
                walDir: directories.wal?.realPath,
                run: run ?? .nobody
            ),
            user: "root",
            group: "root",
            manager: member.service.manager(of: member.member.name)
        )
        return (script, try await link.run(script.command))
    }

    /// nil where no etcd runs, or it cannot be asked.
    private func client(
        _ member: InventoryMember,
        _ facts: HostFacts,
        _ tls: ClientTLS
    ) -> EtcdClient? {
        let urls =
            member.member.clientURLs.first
            ?? facts.configuration["advertise-client-urls"]?.split(separator: ",").first
            .map(String.init)
        guard facts.unit.activity.activity == .active, let url = urls,
            let etcdctl = facts.tools.etcdctl?.path
        else { return nil }
        return EtcdClient(
            program: etcdctl,
            endpoint: url,
            tls: tls,
            login: member.etcd.login
        )
    }

    /// Asks a member that serves what the proof will ask: first whether it lets the user in.
    private func ask(
        _ client: EtcdClient,
        _ facts: inout HostFacts,
        _ link: HostLink
    ) async throws {
        facts.live = try await live(client, link)
        facts.access = EtcdAccess(try await link.run(client.accessQuestion), as: client.login)
        // without a leader it answers nothing that counts, and would be waited for
        guard case .granted? = facts.access, let live = facts.live, live.leader != nil,
            !live.isLearner
        else { return }
        facts.proofLook = await proofLook(client, at: live.revision, link)
    }

    /// nil where no etcd answers: that is no failure, a restore is for clusters that do not.
    ///
    /// It is asked without a user first: a member without a quorum cannot check a password, and tells
    /// its status all the same, unless it is of 3.4.42, 3.5.28, 3.6.9 or later with authentication on.
    private func live(_ client: EtcdClient, _ link: HostLink) async throws -> LiveMember? {
        var result = try await link.run(client.anonymous.status(timeoutSeconds: 5))
        if client.login != nil, EtcdAccess.Reason(result.outputText + result.errorText) != nil {
            result = try await link.run(client.status(timeoutSeconds: 5))
        }
        return EndpointStatus.single(result.output).map(LiveMember.init)
    }

    private func proofLook(
        _ client: EtcdClient,
        at revision: Int64,
        _ link: HostLink
    ) async -> ProofLook {
        let result = try? await link.run(
            ProofScript.beforehand(client: client, revision: revision),
            limits: CommandLimits(deadline: .seconds(60))
        )
        guard let answers = result.flatMap({ ProofAnswers($0.outputText) }) else {
            return .notAsked
        }
        return answers.refused(["hashkv", "count"]).map(ProofLook.refuses) ?? .answers
    }

    private func unreadable(_ result: CommandResult) -> MemberFindings {
        let said = result.lastLines(3)
        return .unreadable(
            "the command that looks at the host ended with \(result.ending) and said "
                + (said.isEmpty ? "nothing" : "\u{201C}\(said)\u{201D}")
        )
    }
}
