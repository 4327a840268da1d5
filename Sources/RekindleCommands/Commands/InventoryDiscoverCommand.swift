import ArgumentParser
import ClusterInventory
import FoundationEssentials
import Glibc
import RemoteHost
import RestorePlanning
import RunJournal
import RunReport
import SnapshotStore

struct InventoryDiscoverCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Write an inventory from what hosts tell of the etcd on them.",
        discussion: """
            Each host is looked at: the unit of systemd or the static pod that runs etcd, its command \
            line, environment and configuration file, its directories and their owner, its programs \
            where they are not in the PATH, and the certificates that let etcdctl in. A member that answers is asked who the others are. \
            What could not be known is a comment in the file. Nothing on a host is changed.


            """
                + ExitStatus.help(.done, .refused, .usage)
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Members' hosts: host, user@host, host:port, [IPv6]:port.")
    var hosts: [String]
    @Option(help: ArgumentHelp("Who logs in. Default: your own name.", valueName: "user"))
    var user: String?
    @Option(help: ArgumentHelp("The port of sshd.", valueName: "port")) var port: Int?
    @Option(help: ArgumentHelp("A private key; may be repeated.", valueName: "file"))
    var identity: [String] = []
    @Flag(help: "Asks for the password of hosts that take no key.") var askPassword = false
    @Option(help: ArgumentHelp("A file whose first line is that password.", valueName: "file"))
    var passwordFile: String?
    @Option(help: ArgumentHelp("Where host keys are looked up.", valueName: "file"))
    var knownHosts: [String] = []
    @Option(help: ArgumentHelp("Hosts on the way: user@host[:port],…", valueName: "hosts"))
    var jump: String?
    @Option(help: "How commands get root: none, sudo or doas.") var become: Become?
    @Option(
        help: ArgumentHelp(
            "The unit, where a host has several and it is not told by what runs.",
            valueName: "unit"
        )
    )
    var unit: String?
    @Option(
        help: ArgumentHelp("The same for a static pod: its manifest's path.", valueName: "path")
    )
    var manifest: String?
    @Option(help: ArgumentHelp("What the cluster is to be called.", valueName: "name"))
    var cluster: String = "etcd"
    @Option(help: ArgumentHelp("Write it to a file that is not there yet.", valueName: "file"))
    var out: String?

    func body(_ context: CommandContext) async throws -> ExitStatus {
        if let out, FileManager.default.fileExists(atPath: context.preparation.absolute(out)) {
            throw Self.taken(out)
        }
        if unit != nil, manifest != nil {
            throw UsageProblem(
                "both --unit and --manifest were given",
                hint: "give one of them: what is to be taken where a host has several"
            )
        }
        let targets = hosts.map(DiscoveryTarget.init)
        let discovery = ClusterDiscovery(
            context: context,
            targets: targets,
            reached: try reached(targets, context),
            wanted: unit.map { ServiceSettings(unit: $0) }
                ?? manifest.map { ServiceSettings(kind: .staticPod, manifest: $0) }
        )
        let (cluster, unknown) = await discovery.run()
        for one in unknown {
            context.terminal.problem(one.fact, evidence: one.evidence, hint: one.hint)
        }
        guard let cluster else { return .refused }
        guard cluster.contradictions.isEmpty else {
            context.terminal.problem(
                "these hosts are not one cluster",
                evidence: cluster.contradictions,
                hint: "name the hosts of one cluster only"
            )
            return .refused
        }
        let draft = InventoryDraft(
            cluster: cluster,
            clusterName: self.cluster,
            ssh: sshLines(context),
            origin: "on \(UTCTime.text(context.world.now)) from "
                + targets.map(\.host).joined(separator: ", ")
        )
        // names and URLs are what hosts say: what no inventory may hold is told here, not later
        let errors = context.preparation.inventory(ofText: draft.text).errors
        guard errors.isEmpty else {
            context.terminal.problem(
                "what these hosts tell gives no valid inventory",
                evidence: errors.map(\.message),
                hint: errors.lazy.compactMap(\.hint).first
                    ?? "look at etcd's settings on these hosts, or write the inventory by hand"
            )
            return .refused
        }
        try write(draft.text, context)
        for member in cluster.members {
            for remark in member.remarks {
                context.terminal.note("note: \(member.name): \(remark)")
            }
        }
        return unknown.isEmpty ? .done : .refused
    }

    /// The hosts as an inventory would have them, which so is read by the same rules.
    private func reached(
        _ targets: [DiscoveryTarget],
        _ context: CommandContext
    ) throws -> Inventory {
        var lines = ["cluster: {name: \(YAMLText.quoted(cluster)), initial-cluster-token: auto}"]
        if !sshLines(context).isEmpty { lines += ["ssh:"] + sshLines(context).map { "  \($0)" } }
        lines.append("members:")
        for (index, target) in targets.enumerated() {
            var login: [String] = []
            if let user = target.user { login.append("user: \(YAMLText.quoted(user))") }
            if let port = target.port { login.append("port: \(port)") }
            lines += [
                "  - name: \"host-\(index + 1)\"",
                "    host: \(YAMLText.quoted(target.host))",
                "    initial-advertise-peer-urls: [\"http://host-\(index + 1):2380\"]",
                "    ssh: {\(login.joined(separator: ", "))}",
            ]
        }
        let read = context.preparation.inventory(ofText: lines.joined(separator: "\n"))
        guard let inventory = read.inventory else {
            let first = read.errors.first
            throw UsageProblem(
                first?.message ?? "the hosts cannot be read",
                hint: first?.hint ?? "`rekindle inventory discover --help` tells what can be given"
            )
        }
        return inventory
    }

    private func sshLines(_ context: CommandContext) -> [String] {
        func paths(_ key: String, _ paths: [String]) -> String? {
            guard !paths.isEmpty else { return nil }
            let texts = paths.map { path in
                YAMLText.quoted(path.hasPrefix("~") ? path : context.preparation.absolute(path))
            }
            return "\(key): [\(texts.joined(separator: ", "))]"
        }
        return [
            "user: \(YAMLText.quoted(user ?? context.world.user))",
            port.map { "port: \($0)" }, jump.map { "jump: \(YAMLText.quoted($0))" },
            paths("identity-files", identity), askPassword ? "password: ask" : nil,
            passwordFile.flatMap { paths("password-file", [$0]) },
            paths("known-hosts", knownHosts),
            become.map { "become: \($0.rawValue)" },
        ]
        .compactMap { $0 }
    }

    private static func taken(_ out: String) -> UsageProblem {
        UsageProblem("\(out) is there already", hint: "name a file that is not there")
    }

    private func write(_ text: String, _ context: CommandContext) throws {
        guard let out else { return context.terminal.show(text) }
        let path = context.preparation.absolute(out)
        do {
            try AtomicFile.write(Array(text.utf8), to: path, isNew: true)
        } catch  where error.code == EEXIST {
            throw Self.taken(out)
        } catch {
            throw UsageProblem("cannot write \(out): \(error)", hint: "name a file elsewhere")
        }
        context.terminal.note("wrote \(out)")
    }
}

extension Become: ExpressibleByArgument {}
