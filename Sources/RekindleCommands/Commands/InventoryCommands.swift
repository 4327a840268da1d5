import RestoreEngine
import RemoteHost
import EtcdModel
import ArgumentParser
import ClusterInventory
import FoundationEssentials
import RestorePlanning
import RunReport

struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "The inventory file.",
        subcommands: [
            InventoryShowCommand.self, InventoryDiscoverCommand.self,
            InventorySudoersCommand.self,
        ]
    )
}

struct InventoryShowCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print what was understood of the inventory, and what the hosts add to it.",
        discussion: ExitStatus.help(.done, .refused, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions
    @Flag(help: "Connect to nothing: the file alone.") var offline = false

    func body(_ context: CommandContext) async throws -> ExitStatus {
        var inventory = try context.preparation.inventory(
            options.inventory,
            readsSecrets: !offline
        )
        if !offline {
            let fleet = context.fleet(inventory)
            let findings = await context.findings(inventory, fleet)
            await fleet.close()
            for index in inventory.members.indices {
                let name = inventory.members[index].member.name
                switch findings[name] {
                case .facts(let facts): inventory.members[index].fill(from: facts)
                case .unreachable(let failure):
                    context.terminal.problem(failure.description, hint: failure.hint)
                case .unreadable(let why): context.terminal.problem("\(name): \(why)")
                case nil: break
                }
            }
            let isComplete = findings.values.allSatisfy { $0.facts != nil }
            try show(inventory, context)
            return isComplete ? .done : .refused
        }
        try show(inventory, context)
        return .done
    }

    private func show(_ inventory: Inventory, _ context: CommandContext) throws {
        let listing = InventoryListing(inventory)
        switch options.output {
        case .text:
            context.terminal.show(
                page: InventoryText.render(listing, style: context.terminal.style)
            )
        case .json:
            context.terminal.show(try InventoryText.json(listing))
        }
    }
}

struct InventorySudoersCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "sudoers",
        abstract: "Print the rule that lets a user who is not root do all that a run does.",
        discussion: """
            For sudo or doas, as `become` in the inventory says. Connects to nothing.


            """ + ExitStatus.help(.done, .usage, .invalidInput)
    )

    @OptionGroup var options: GlobalOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let inventory = try context.preparation.inventory(
            options.inventory,
            readsSecrets: false
        )
        let sudoers = SudoersText(
            inventory.members.map { ($0.member.name, $0.endpoint) }
                + inventory.groupHosts.map { ($0.name, $0.endpoint) }
        )
        guard !sudoers.isEmpty else {
            throw UsageProblem(
                "no host of the inventory has `become: sudo` or `become: doas`",
                hint: "whoever logs in as root needs no rule"
            )
        }
        if let user = sudoers.ambiguousUser {
            throw UsageProblem(
                "no rule can be written for a user called \(user): sudoers takes it for something else",
                hint: "log in as another user"
            )
        }
        context.terminal.show(sudoers.text)
        return .done
    }
}

extension InventoryMember {
    /// Takes from the host what the file leaves out.
    fileprivate mutating func fill(from facts: HostFacts) {
        etcd.dataDir = etcd.dataDir ?? facts.dataDir?.path
        etcd.walDir = etcd.walDir ?? facts.walDir?.path
        etcd.user = etcd.user ?? (facts.unit.user.isEmpty ? facts.dataDir?.user : facts.unit.user)
        etcd.group =
            etcd.group ?? (facts.unit.group.isEmpty ? facts.dataDir?.group : facts.unit.group)
        if member.clientURLs.isEmpty, let urls = facts.configuration["advertise-client-urls"] {
            member.clientURLs = urls.split(separator: ",").map(String.init)
        }
    }
}
