import Testing

/// One thing that a person can get wrong or find broken, and what Rekindle has to say of it.
struct BadInput: Sendable, CustomTestStringConvertible {
    /// A sentence, as it reads after "Rekindle refuses".
    let name: String
    /// CONTRACT §2.
    let status: Int32
    let judgedBy: Judge
    /// Each is tried with the arguments of the attempt behind it.
    let commands: [[String]]
    let fault: Fault?
    let prepare: @Sendable (Bench) throws -> Attempt

    var testDescription: String { name }

    /// Who has to notice it; what `check` prints depends on that.
    enum Judge {
        /// Known before any host is asked: `check` prints nothing but the error.
        case files
        /// A check on a host: `check` shows it in its table, on stdout.
        case checks
        /// Known after the hosts were asked and found well.
        case afterwards
    }

    /// The rest of a command line, and what the message must tell.
    struct Attempt {
        var arguments: [String]
        /// All of these, with white space made one blank; `HINT:` always goes with them.
        var says: [String]
        var environment: [String: String] = [:]
        /// What goes to the program's standard input.
        var input = ""
    }

    /// Something broken on a host or around it, and how it is mended.
    struct Fault: Sendable {
        var make: @Sendable (Bench) throws -> Void
        var undo: @Sendable (Bench) throws -> Void

        /// Shell lines for one host, as root.
        static func on(_ member: Int, _ make: String, undo: String) -> Fault {
            Fault(
                make: { try $0.lab.exec(member, make) },
                undo: { try $0.lab.exec(member, undo) }
            )
        }
    }

    init(
        _ name: String,
        status: Int32,
        by judge: Judge = .files,
        commands: [[String]] = [["restore", "--yes"], ["check"]],
        fault: Fault? = nil,
        prepare: @escaping @Sendable (Bench) throws -> Attempt
    ) {
        self.name = name
        self.status = status
        judgedBy = judge
        self.commands = commands
        self.fault = fault
        self.prepare = prepare
    }

    /// Those without a fault come first: they share one look at the hosts.
    static let all =
        inventories + snapshots + usages + playbooks + plans + stateDirectories + connections
        + hosts + wild
}
