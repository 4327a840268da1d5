import ClusterInventory
import EtcdModel
import FoundationEssentials
import Glibc
import RestorePlanning
import RunJournal
import RunReport

/// What every command does first: reads its files, and says all that is wrong with them at once.
struct Preparation: Sendable {
    let world: World
    let terminal: Terminal

    func inventory(_ given: String?) throws -> Inventory {
        let path = given ?? world.environment["REKINDLE_INVENTORY"] ?? "inventory.yaml"
        let bytes = try read(
            path,
            what: "inventory",
            hint: "name one with --inventory, or begin with a copy of inventory.example"
        )
        let folder = absolute(path).split(separator: "/").dropLast().joined(separator: "/")
        let (inventory, diagnostics) = InventoryReader.read(
            bytes,
            file: path,
            surroundings: Surroundings(user: world.user, home: world.home, folder: "/" + folder)
        )
        for diagnostic in diagnostics { terminal.say(diagnostic.description) }
        guard let inventory else { throw CommandEnd(status: .invalidInput) }
        return inventory
    }

    /// A playbook's file, or the name of one that is built in.
    func playbook(_ given: String?) throws -> Playbook {
        guard let given, given != Playbook.restoreCluster.name else {
            return Playbook.restoreCluster
        }
        let bytes = try read(
            given,
            what: "playbook",
            hint: "give a file, or leave it out for the built-in "
                + Playbook.restoreCluster.name
        )
        let (playbook, diagnostics) = PlaybookReader.read(bytes, file: given)
        for diagnostic in diagnostics { terminal.say(diagnostic.description) }
        guard let playbook else { throw CommandEnd(status: .invalidInput) }
        return playbook
    }

    /// A plan from a file, with the SHA-256 that a run's journal records.
    func plan(_ path: String) throws -> Plan {
        let bytes = try read(path, what: "plan", hint: "make one with `\(Self.planning)`")
        do throws(Diagnostic) {
            return try PlanJSON.decode(bytes, file: path)
        } catch {
            terminal.say(error.description)
            throw CommandEnd(status: .invalidInput)
        }
    }

    /// An unset variable in a script: `--snapshot "$LATEST"`.
    private func requirePath(_ path: String, of what: String) throws(UsageProblem) {
        guard path.isEmpty else { return }
        throw UsageProblem(
            "the path of the \(what) is empty",
            hint: "name its file; is a variable of the calling script unset?"
        )
    }

    /// How a plan is made that `restore --plan` takes.
    static let planning = "rekindle plan --snapshot S --format json --out FILE"

    private func read(_ path: String, what: String, hint: String) throws -> [UInt8] {
        try requirePath(path, of: what)
        do throws(UnreadableFile) {
            return try FileBytes.read(path)
        } catch {
            terminal.problem("cannot read the \(what) \(error)", hint: hint)
            throw CommandEnd(status: .invalidInput)
        }
    }

    func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        return FileManager.default.currentDirectoryPath + "/" + path
    }

    /// `20261122T164512Z-3fa9c1`: the time and three random bytes.
    func newRunID() -> RunID {
        let time = JournalTime.now().description.prefix("2026-11-22T16:45:12".count)
            .filter { $0 != "-" && $0 != ":" }
        guard let id = RunID(rawValue: "\(time)Z-\(Hex.text(world.randomBytes(3)))") else {
            preconditionFailure("a time and three bytes make a run's ID")
        }
        return id
    }

    /// 128 random bits: nobody can guess it, no old member has it.
    func newToken(for run: RunID) -> String {
        "rekindle-\(run)-\(Hex.text(world.randomBytes(16)))"
    }
}
