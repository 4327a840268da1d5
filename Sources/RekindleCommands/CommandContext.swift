import EtcdModel
import ClusterInventory
import LocalTransport
import RemoteHost
import RestoreEngine
import RestorePlanning
import RunJournal
import RunReport

/// What a command's body works with.
struct CommandContext: Sendable {
    let world: World
    let terminal: Terminal
    let preparation: Preparation
    let store: RunStore
    private let secrets = SecretFiles()

    init(_ options: GlobalOptions) {
        world = World.real()
        terminal = Terminal(world: world, options: options)
        preparation = Preparation(world: world, terminal: terminal)
        store = RunStore(world: world, given: options.stateDir)
    }

    /// Links to every member and to the hosts of the groups; each connects when it is used first.
    func fleet(_ inventory: Inventory) -> Fleet {
        Fleet(
            endpoints: Dictionary(
                (inventory.members.map { ($0.member.name, $0.endpoint) }
                    + inventory.groupHosts.map { ($0.name, $0.endpoint) })
            ) { member, _ in member },
            connector: connector()
        )
    }

    /// How hosts are reached, or this machine as one; every command is given its secret on the way.
    func connector(toThisMachine isLocal: Bool = false) -> any HostConnector {
        SecretConnector(
            base: isLocal ? LocalConnector() : Connections.connector(world: world),
            secrets: secrets
        )
    }

    /// Links to the hosts of a plan, and to those of further members.
    func fleet(_ plan: Plan, also others: [MemberTarget] = []) -> Fleet {
        Fleet(
            endpoints: Dictionary(
                (plan.targets + others).map { ($0.name, $0.endpoint) }
                    + plan.hookHosts.map { ($0.name, $0.endpoint) }
            ) { member, _ in member },
            connector: connector(toThisMachine: plan.isLocal)
        )
    }

    /// Says what the checks found that forbids it.
    func sayRefused(_ checks: [Check], _ inventory: Inventory) {
        terminal.say(
            page: ChecksText.render(
                checks,
                cluster: inventory.clusterName,
                members: inventory.members.map(\.member.name),
                hidesHolding: true,
                style: terminal.errorStyle
            ) + "No host was changed."
        )
    }

    /// Asks the hosts of the groups, all at once; nothing is changed.
    func hookFindings(
        _ hosts: [(host: HookHost, programs: [String])],
        _ fleet: Fleet
    ) async -> [String: HookFinding] {
        let world = world
        return await FactGatherer(fleet: fleet, now: { world.now }).findings(of: hosts)
    }

    /// Asks every member, all at once; nothing is changed.
    ///
    /// `run` is whose directories are looked for on the hosts; nil before there is a run.
    func findings(
        _ inventory: Inventory,
        _ fleet: Fleet,
        run: RunID? = nil
    ) async -> [String: MemberFindings] {
        let world = world
        return await FactGatherer(fleet: fleet, now: { world.now })
            .findings(for: inventory, run: run)
    }
}
