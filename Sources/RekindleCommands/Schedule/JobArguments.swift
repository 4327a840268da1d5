import ClusterInventory
import EtcdModel
import Glibc
import SnapshotSource

/// The command that a schedule runs, with every path of it made absolute.
struct JobArguments {
    let context: CommandContext
    let options: GlobalOptions
    /// What stands behind `--`.
    let extra: [String]

    /// Options that the unit itself must know of, and so stand in front of `--`.
    private static let own = [
        "-i", "--inventory", "--state-dir", "--snapshot", "--metrics-dir", "--to",
    ]

    /// What can be read of several inventories or of none is not read here.
    var readsInventory: Bool {
        let hasNone = has("--inventory-dir") || has("--local") && given == nil
        return !hasNone
    }

    private var given: String? {
        options.inventory ?? context.world.environment["REKINDLE_INVENTORY"]
    }

    /// The inventory's path on this machine.
    var inventoryPath: String { context.preparation.absolute(given ?? "inventory.yaml") }

    private func has(_ option: String) -> Bool {
        extra.contains { $0 == option || $0.hasPrefix("\(option)=") }
    }

    /// - Throws: `UsageProblem` for what cannot be handed on.
    func requireExtra() throws(UsageProblem) {
        if !readsInventory, let inventory = options.inventory {
            throw UsageProblem(
                "--inventory \(inventory) stands beside --inventory-dir",
                hint: "one cluster or a directory of them: give one of the two"
            )
        }
        for option in Self.own where has(option) {
            throw UsageProblem(
                "\(option) stands behind --",
                hint: "give it in front of --: the schedule itself must know it"
            )
        }
        for word in extra where !SystemdText.canHold(word) {
            throw UsageProblem(
                "an argument behind -- has a line break or another control character in it: \(word)",
                hint: "no unit can hold it; name the file otherwise"
            )
        }
    }

    /// The snapshot as a timer can reach it.
    ///
    /// - Throws: `UsageProblem`, and what reading the members throws.
    func snapshot(_ text: String, _ inventory: Inventory?, inContainer: Bool) throws -> String {
        guard SystemdText.canHold(text), !text.isEmpty else {
            throw UsageProblem("--snapshot names nothing", hint: "name a file or a bucket")
        }
        // which inventories a fleet will have is for the drill to find out
        let members = inventory?.members.map(\.member.name) ?? [String(text.prefix { $0 != ":" })]
        let location: SnapshotLocation
        do {
            location = try SnapshotLocation(text, members: { members }) { access($0, F_OK) == 0 }
        } catch let error as SnapshotLocationProblem {
            throw UsageProblem(error.fact, hint: error.hint)
        }
        switch location {
        case .standardInput:
            throw UsageProblem(
                "--snapshot - is standard input, and a schedule has none",
                hint: "give what is there every time: a bucket with /latest, a file, NAME:/path"
            )
        case .file(let path) where inContainer && !path.hasPrefix("/"):
            throw UsageProblem(
                "--snapshot \(text) is a file of this machine",
                hint: "give s3://bucket/prefix/latest or NAME:/path, which a container reaches, or "
                    + "the path in the container"
            )
        case .file(let path): return inContainer ? path : try visible(path, "--snapshot")
        case .member, .bucket: return text
        }
    }

    /// Where snapshots are to be kept, as a timer can reach it.
    ///
    /// - Throws: `UsageProblem`.
    func destination(
        _ text: String,
        _ inventory: Inventory?,
        inContainer: Bool
    ) throws(UsageProblem) -> String {
        guard SystemdText.canHold(text), !text.isEmpty else {
            throw UsageProblem("--to names nothing", hint: DestinationReading.help)
        }
        if text.hasPrefix("s3://") { return text }
        let members = inventory?.members.map(\.member.name) ?? []
        if members.contains(where: { text.hasPrefix("\($0):/") }) { return text }
        guard inContainer else { return try visible(text, "--to") }
        guard text.hasPrefix("/") else {
            throw UsageProblem(
                "--to \(text) is a directory of this machine",
                hint:
                    "give s3://bucket/prefix or NAME:/dir, which a container reaches, or the path "
                    + "in the container"
            )
        }
        return text
    }

    /// A unit with `PrivateTmp=` has its own (systemd.exec(5)).
    static let hiddenFolders = ["/tmp/", "/var/tmp/"]

    /// A path of this machine as the unit sees it.
    func visible(_ path: String, _ option: String) throws(UsageProblem) -> String {
        let absolute = context.preparation.absolute(path)
        guard SystemdText.canHold(absolute) else {
            throw UsageProblem(
                "\(option) has a control character in its path",
                hint: "no unit can hold it; name the file otherwise"
            )
        }
        for folder in Self.hiddenFolders where absolute.hasPrefix(folder) {
            throw UsageProblem(
                "\(option) is in \(folder.dropLast()), which the unit does not see: it has its own",
                hint: "put it where it stays, as below /etc/rekindle or /var/lib"
            )
        }
        return absolute
    }
}
