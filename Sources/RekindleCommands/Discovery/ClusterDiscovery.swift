import ClusterInventory
import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning

/// Looks at hosts until it is known which etcd runs there; changes nothing.
struct ClusterDiscovery: Sendable {
    let context: CommandContext
    let targets: [DiscoveryTarget]
    /// How each host is reached, in the order of the targets, under names that stand for nothing.
    let reached: Inventory
    /// What is taken where a host has several; nil for what runs there.
    let wanted: ServiceSettings?

    /// A host of which nothing can be told.
    struct Unknown: Error, Sendable {
        var fact: String
        var evidence: [String] = []
        var hint: String?
    }

    /// What was found, and the hosts where nothing was, with why.
    func run() async -> (cluster: DiscoveredCluster?, unknown: [Unknown]) {
        let fleet = context.fleet(reached)
        defer { Task { await fleet.close() } }
        let services = await services(fleet)
        var inventory = reached
        inventory.members = zip(reached.members, services).compactMap { member, service in
            guard case .success(let service) = service else { return nil }
            var member = member
            member.service = service.settings
            member.etcd.binDir = service.binDir
            return member
        }
        let findings = await context.findings(inventory, fleet)
        var unknown: [Unknown] = services.compactMap { result in
            if case .failure(let why) = result { why } else { nil }
        }
        var found: [(index: Int, member: InventoryMember, facts: HostFacts)] = []
        for member in inventory.members {
            switch findings[member.member.name] {
            case .facts(let facts):
                guard let index = reached.members.firstIndex(where: { $0.member == member.member })
                else { continue }
                found.append((index, member, facts))
            case .unreachable(let failure):
                unknown.append(Unknown(fact: failure.description, hint: failure.hint))
            case .unreadable(let why):
                unknown.append(Unknown(fact: "\(member.endpoint.host): \(why)"))
            case nil: break
            }
        }
        guard !found.isEmpty else { return (nil, unknown) }
        return (await cluster(found, fleet), unknown)
    }

    /// What runs etcd on a host, and where its tools are, if not in the PATH.
    private struct Found: Sendable {
        var settings: ServiceSettings
        var binDir: String?
    }

    private func services(_ fleet: Fleet) async -> [Result<Found, Unknown>] {
        await withTaskGroup { group in
            for (index, member) in reached.members.enumerated() {
                group.addTask { (index, await service(of: member, fleet)) }
            }
            var all: [Int: Result<Found, Unknown>] = [:]
            for await (index, service) in group { all[index] = service }
            return reached.members.indices.compactMap { all[$0] }
        }
    }

    private func service(
        of member: InventoryMember,
        _ fleet: Fleet
    ) async -> Result<Found, Unknown> {
        let host = member.endpoint.host
        guard let link = fleet[member.member.name] else {
            preconditionFailure("it is in the fleet")
        }
        let result: CommandResult
        do {
            result = try await link.run(EtcdPlaces.command)
        } catch {
            let failure = error as? HostFailure
            return .failure(
                Unknown(fact: failure?.description ?? "\(host): \(error)", hint: failure?.hint)
            )
        }
        guard let places = EtcdPlaces(result.outputText) else {
            return .failure(
                Unknown(
                    fact: "\(host): the command that looks for etcd ended with \(result.ending)",
                    evidence: result.lastLines(3).split(separator: "\n").map(String.init),
                    hint: "commands run as \(member.endpoint.user): does `--become` fit?"
                )
            )
        }
        let services = places.services.filter { wanted == nil || $0.isSamePlace(as: wanted) }
        let likeliest = places.likeliest(of: services)
        if likeliest.count == 1, let service = likeliest.first {
            for other in services where other != service {
                context.terminal.note(
                    "\(host): took \(service.title), which "
                        + (places.runs(service) ? "runs" : "a boot would start")
                        + ", and not \(other.title)"
                )
            }
            return .success(Found(settings: service, binDir: places.binDir(of: service)))
        }
        if places.services.isEmpty, !places.processes.isEmpty {
            return .failure(Self.unstarted(places, host))
        }
        if services.isEmpty {
            return .failure(
                Unknown(
                    fact: "\(host): no etcd was found"
                        + (wanted.map { " by \($0.title)" } ?? ""),
                    evidence: places.services.map(\.title)
                        + places.unread.map { "\($0) cannot be read: does `--become` fit?" },
                    hint: "looked for a unit of systemd that runs a program called etcd, and for a "
                        + "static pod in /etc/kubernetes/manifests; anything else is `service: "
                        + "{kind: commands}`, by hand"
                )
            )
        }
        return .failure(
            Unknown(
                fact: "\(host): there are \(services.count) that run etcd",
                evidence: services.map {
                    $0.title + (places.runs($0) ? ", which runs" : ", which does not run")
                },
                hint: "choose with --unit UNIT or --manifest PATH"
            )
        )
    }

    /// It runs, and nothing that this program knows starts it.
    private static func unstarted(_ places: EtcdPlaces, _ host: String) -> Unknown {
        let count = places.processes.count
        return Unknown(
            fact:
                "\(host): \(count == 1 ? "an etcd runs" : "\(count) etcds run") there that neither a "
                + "unit of systemd nor a static pod starts",
            evidence: places.processes.map {
                "process \($0.id)\($0.isInContainer ? ", in a container" : ""): \($0.words)"
            } + places.unread.map { "\($0) cannot be read: does `--become` fit?" },
            hint:
                "write this member by hand, with the commands that start and stop it: `service: {kind: "
                + "commands, start: [...], stop: [...], status: [...]}`, as inventory.example has it"
        )
    }

    private func cluster(
        _ found: [(index: Int, member: InventoryMember, facts: HostFacts)],
        _ fleet: Fleet
    ) async -> DiscoveredCluster {
        var files: [Int: ClientFiles] = [:]
        var lists: [Int: MemberList] = [:]
        var facts: [Int: HostFacts] = [:]
        await withTaskGroup { group in
            for (index, member, seen) in found {
                group.addTask { (index, await ask(member, seen, fleet)) }
            }
            for await (index, answer) in group {
                files[index] = answer.files
                lists[index] = answer.list
                facts[index] = answer.facts
            }
        }
        // of several answers that of a majority's member is the newest: the one that names most
        let list = found.compactMap { lists[$0.index] }.max { $0.entries.count < $1.entries.count }
        let members = found.map { index, member, seen in
            DiscoveredMember(
                host: targets[index].host,
                user: targets[index].user,
                port: targets[index].port,
                service: member.service,
                binDir: member.etcd.binDir,
                facts: facts[index] ?? seen,
                files: files[index],
                list: lists[index] ?? list
            )
        }
        return DiscoveredCluster(members, list: list)
    }

    private struct Answer: Sendable {
        var files: ClientFiles?
        var list: MemberList?
        var facts: HostFacts
    }

    /// Tries what etcdctl may be let in with, and asks the member who the others are.
    private func ask(
        _ member: InventoryMember,
        _ facts: HostFacts,
        _ fleet: Fleet
    ) async -> Answer {
        var answer = Answer(facts: facts)
        let url = facts.configuration["advertise-client-urls"].flatMap {
            DiscoveredMember.urls($0).first
        }
        let candidates = ClientFiles.candidates(facts, clientURL: url)
        guard let link = fleet[member.member.name],
            let look = try? await link.run(ClientFiles.look(for: candidates))
        else { return answer }
        let there = look.outputText.split(separator: "\n").compactMap { Int($0) }
            .filter(candidates.indices.contains).map { candidates[$0] }
        answer.files = there.first.map { ClientFiles($0, isProven: false) }
        guard let etcdctl = facts.tools.etcdctl?.path, let url,
            facts.unit.activity.activity == .active
        else { return answer }
        for tls in there {
            let client = EtcdClient(program: etcdctl, endpoint: url, tls: tls)
            guard let status = try? await link.run(client.status(timeoutSeconds: 5)) else {
                continue
            }
            let access = try? await link.run(client.accessQuestion)
            let live = EndpointStatus.single(status.output).map(LiveMember.init)
            answer.facts.access = access.flatMap { EtcdAccess($0, as: nil) }
            guard live != nil || answer.facts.refusal != nil else { continue }
            answer.files = ClientFiles(tls, isProven: true)
            answer.facts.live = live
            let words = client.words(["member", "list", "-w", "json"], timeoutSeconds: 5)
            // without a quorum it does not tell
            if let result = try? await link.run(RemoteCommand(words)), result.isSuccess {
                answer.list = MemberList(output: result.output)
            }
            return answer
        }
        return answer
    }
}

extension ServiceSettings {
    /// Whether both are the same unit, or the same manifest.
    fileprivate func isSamePlace(as other: ServiceSettings?) -> Bool {
        guard let other, kind == other.kind else { return false }
        return kind == .staticPod ? manifest == other.manifest : unit == other.unit
    }
}
