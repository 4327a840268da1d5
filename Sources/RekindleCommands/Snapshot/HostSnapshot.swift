import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning
import SnapshotSource

/// One command on a member's host whose output is a snapshot of that member; nothing stays there.
struct HostSnapshot: Sendable {
    let member: String
    /// Made on the host by the command, and removed by it.
    let folder: String
    let command: RemoteCommand
    let excuses: [Int32: Excuse]

    /// What an exit status of the command's own says.
    struct Excuse: Sendable {
        var fact: String
        var hint: String
    }

    /// What is left free beside what is written: etcd's own disk must not fill up.
    static let reserve: UInt64 = 256 << 20

    /// Locks the folder's place, and makes it anew there, without what a power cut left.
    ///
    /// Whoever owns that place can rename the folder, and put a link where it was: so the script stands in it
    /// from then on, and uses names that begin there.
    static let claim = """
        umask 077
        folder=$1
        # with nobody left to hear it the shell must not die of what it says, but clean up
        trap '' PIPE
        up=$(dirname -- "$folder") here=${folder##*/}
        exec 9<"$up" || exit 73
        flock -n 9 || exit 75
        cd -P /proc/self/fd/9 && rm -rf --one-file-system -- "$here" || exit 73
        # what is in it goes first: it cannot be renamed out of the way
        gone() { rm -rf --one-file-system -- data snapshot.db etcd.log; cd .. && rm -rf --one-file-system -- "$here"; }
        open_folder() {
          mkdir -m 0700 -- "$here" || exit 73
          is_ours "$up" "$here" || { echo "$folder is no folder of ours" >&2; exit 73; }
        }
        # needs BYTES: whether there is room for them
        needs() {
          free=$(stat -f -c '%a * %S' .) || exit 73
          free=$(($free))
          [ "$free" -ge "$1" ] || { echo "$free bytes are free, $1 are needed" >&2; exit 74; }
        }
        """

    init(
        member: String,
        folder: String,
        script: String,
        arguments: [String],
        secret: SecretVariable? = nil,
        excuses: [Int32: Excuse]
    ) {
        self.member = member
        self.folder = folder
        // one command, so that the end of the connection is the end of all of it
        command = .script(
            WorkDirectory.functions + "\n" + Self.claim + "\n" + script,
            [folder] + arguments,
            endsWithConnection: true,
            secret: secret
        )
        self.excuses = excuses.merging([
            73: Excuse(
                fact: "cannot write in \(folder)",
                hint: "it is written as root where `become` says so"
            ),
            74: Excuse(
                fact: "there is no room beside its data",
                hint: "make room on that disk"
            ),
            75: Excuse(
                fact: "another save runs there",
                hint: "wait until it is done; one that died holds nothing"
            ),
        ]) { own, _ in own }
    }

    /// - Throws: `SourceFailure`, `HostFailure`.
    func fetch(over link: HostLink, into sink: any ByteSink) async throws {
        let result = try await link.run(
            command,
            output: .sink(sink),
            limits: CommandLimits(deadline: .seconds(24 * 3600))
        )
        guard !result.isSuccess else { return }
        var excuse = Excuse(
            fact: "the snapshot broke off (\(result.ending))",
            hint: "try again"
        )
        if case .exited(let status) = result.ending, let own = excuses[status] { excuse = own }
        throw SourceFailure(
            "\(member): \(excuse.fact)",
            evidence: result.lastLines().split(separator: "\n").map(String.init),
            hint: excuse.hint
        )
    }

    /// Streams it into an encrypted spool and proves it there.
    /// - Throws: `SourceFailure`, `HostFailure`, `SnapshotFileError`, `CancellationError`.
    func prove(
        _ fleet: Fleet,
        _ surroundings: SourceSurroundings,
        spool: String
    ) async throws -> ProvenSnapshot {
        // a connection of its own: nobody else is to wait for the bytes
        try await fleet.apart { own in
            guard let link = own[member] else { preconditionFailure("it is in the fleet") }
            return try await SnapshotOpening(
                .member(name: member, path: "\(folder)/snapshot.db"),
                surroundings: surroundings,
                spoolDirectory: { spool },
                fetch: { _, _, sink in try await fetch(over: link, into: sink) }
            )
            .prove()
        }
    }
}
