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

    /// What is read where neither --inventory nor $REKINDLE_INVENTORY names another.
    static let usualInventory = "inventory.yaml"

    /// The inventory of a file.
    ///
    /// What asks no etcd need not read the files with its passwords.
    func inventory(
        _ given: String?,
        readsSecrets: Bool = true,
        tellsWarnings: Bool = true
    ) throws -> Inventory {
        let path = given ?? world.environment["REKINDLE_INVENTORY"] ?? Self.usualInventory
        let bytes = try read(
            path,
            what: "inventory",
            hint: "name one with --inventory, or begin with a copy of inventory.example"
        )
        let folder = absolute(path).split(separator: "/").dropLast().joined(separator: "/")
        let (inventory, diagnostics) = InventoryReader.read(
            bytes,
            file: path,
            surroundings: Surroundings(
                user: world.user,
                home: world.home,
                folder: "/" + folder,
                openSSH: OpenSSHQuery(world: world).lookup
            )
        )
        for diagnostic in diagnostics where tellsWarnings || inventory == nil {
            terminal.say(diagnostic)
        }
        guard let inventory else { throw CommandEnd(status: .invalidInput) }
        if readsSecrets {
            let files = Set(inventory.members.compactMap(\.etcd.login?.passwordFile))
            for file in files.sorted() { try requireSecret(file) }
        }
        return inventory
    }

    /// Reads a file with a secret once, so that what is wrong with it is told before anything begins.
    func requireSecret(_ path: String) throws {
        do throws(SecretFile.Problem) {
            _ = try SecretFile(path: path).read()
        } catch {
            terminal.problem(error.fact, hint: error.hint)
            throw CommandEnd(status: .invalidInput)
        }
    }

    /// The text of an inventory that is in no file yet, by the rules for one in this directory.
    func inventory(
        ofText text: String
    ) -> (inventory: Inventory?, errors: [Diagnostic]) {
        let (inventory, diagnostics) = InventoryReader.read(
            Array(text.utf8),
            file: "inventory",
            surroundings: Surroundings(
                user: world.user,
                home: world.home,
                folder: absolute(".")
            )
        )
        return (inventory, diagnostics.filter { $0.severity == .error })
    }

    /// A playbook's file, or the name of one that is built in.
    func playbook(_ given: String?) throws -> Playbook {
        guard let given else { return .restoreCluster }
        if let known = Playbook.builtIn.first(where: { $0.name == given }) { return known }
        let bytes = try read(
            given,
            what: "playbook",
            hint: "give a file, or one that is built in: "
                + Playbook.builtIn.map(\.name).joined(separator: ", ")
        )
        let (playbook, diagnostics) = PlaybookReader.read(bytes, file: given)
        for diagnostic in diagnostics { terminal.say(diagnostic) }
        guard let playbook else { throw CommandEnd(status: .invalidInput) }
        return playbook
    }

    /// A plan from a file, with the SHA-256 that a run's journal records.
    func plan(_ path: String) throws -> Plan {
        let bytes = try read(path, what: "plan", hint: "make one with `\(Self.planning)`")
        do throws(Diagnostic) {
            return try PlanJSON.decode(bytes, file: path)
        } catch {
            terminal.say(error)
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
    ///
    /// Sorts after every run that there is: "the newest" must be the one that was made last, also
    /// where two were made within a second, or the clock was set back.
    func newRunID(after newest: String?) -> RunID {
        guard let id = Self.runID(at: .now(), after: newest, suffix: world.randomBytes(3)) else {
            preconditionFailure("a time and three bytes make a run's ID")
        }
        return id
    }

    /// A clock that was wrong by more than a day is not followed.
    static func runID(at now: JournalTime, after newest: String?, suffix: [UInt8]) -> RunID? {
        let second = JournalTime(milliseconds: now.milliseconds / 1000 * 1000)
        let next = newest.flatMap(time(ofRun:)).map {
            JournalTime(milliseconds: $0.milliseconds + 1000)
        }
        let isNear = next.map { $0.milliseconds - second.milliseconds < 86_400_000 } ?? false
        let time = isNear ? max(second, next ?? second) : second
        let text = time.description.prefix("2026-11-22T16:45:12".count)
            .filter { $0 != "-" && $0 != ":" }
        return RunID(rawValue: "\(text)Z-\(Hex.text(suffix))")
    }

    /// The time in a run's ID: `20261122T164512Z-3fa9c1`.
    private static func time(ofRun id: String) -> JournalTime? {
        let digits = Array(id.filter(\.isNumber).prefix(14).map(String.init))
        guard digits.count == 14 else { return nil }
        func part(_ range: Range<Int>) -> String { digits[range].joined() }
        return JournalTime(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T"
                + "\(part(8..<10)):\(part(10..<12)):\(part(12..<14)).000Z"
        )
    }

    /// 128 random bits: nobody can guess it, no old member has it.
    func newToken(for run: RunID) -> String {
        "rekindle-\(run)-\(Hex.text(world.randomBytes(16)))"
    }
}
