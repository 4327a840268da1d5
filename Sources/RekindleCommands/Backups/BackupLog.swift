import EtcdModel
import FoundationEssentials
import Glibc
import RunJournal
import SnapshotSource

/// What was ever kept and let go, one line of JSON each, in the state directory: lines are added, none is changed.
struct BackupLog: Sendable {
    static let file = "backups.jsonl"

    enum Action: String, Codable {
        case saved
        case pruned
    }

    private struct Line: Codable {
        var time: String
        var action: Action
        var place: String
        var file: String
        var cluster: String
        var revision: Int64?
        var storedSHA256: String?
        var `operator`: String
    }

    let context: CommandContext

    /// When this returns it is on the disk.
    func add(
        _ action: Action,
        _ file: String,
        at place: String,
        _ manifest: SnapshotManifest?
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            time: JournalTime.now().description,
            action: action,
            place: place,
            file: file,
            cluster: manifest?.cluster ?? "",
            revision: manifest?.snapshot.revision,
            storedSHA256: manifest?.storedSHA256,
            operator: "\(context.world.user)@\(context.world.hostname)"
        )
        let bytes = Array(try encoder.encode(line)) + [UInt8(ascii: "\n")]
        let path = try StateDirectory(makingAt: context.store.path).path + "/" + Self.file
        let log = Descriptor(
            open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        )
        guard log.number >= 0, write(log.number, bytes, bytes.count) == bytes.count,
            fsync(log.number) == 0
        else {
            throw SourceFailure(
                "cannot write \(path): \(SystemText.of(errno))",
                hint: "check the state directory: what was done is to be on record"
            )
        }
    }
}
