import EtcdModel
import RestorePlanning
import RunReport
import SnapshotStore

/// A backup as the commands tell of it in JSON; times are RFC 3339, numbers are numbers.
struct BackupListing: Encodable {
    var snapshot: String
    var state: String
    var bytes: UInt64
    var cluster: String?
    var takenAt: String?
    var revision: Int64?
    var keys: Int?
    var hashKV: UInt32?
    var sha256: String?
    var member: String?
    var layers: [String]?
    /// The rules that keep it; only where it was asked what is kept.
    var kept: [String]?

    init(_ stored: StoredSnapshot, kept: [String]? = nil) {
        snapshot = stored.name.text
        state = stored.state.word
        bytes = stored.bytes
        cluster = stored.manifest?.cluster
        takenAt = stored.manifest?.takenAt
        revision = stored.manifest?.proof.revision
        keys = stored.manifest?.proof.keys
        hashKV = stored.manifest?.proof.hashKV
        sha256 = stored.manifest?.proof.sha256
        member = stored.manifest?.member
        layers = stored.manifest?.layers
        self.kept = kept
    }

    static func json(_ value: some Encodable) throws -> String { try JSONText.encode(value) }
}

extension StoredSnapshot.State {
    /// One word for a script.
    var word: String {
        switch self {
        case .proven: "proven"
        case .noManifest: "no-manifest"
        case .badManifest: "bad-manifest"
        case .otherSize: "other-size"
        case .gone: "gone"
        }
    }
}

/// A backup on one line.
enum BackupText {
    static func line(_ stored: StoredSnapshot, now: Double) -> String {
        let age =
            stored.takenAt.map {
                stored.isAhead(of: now) ? "in \(Self.age($0 - now))" : Self.age(now - $0)
            } ?? "?"
        let size = ByteText.describe(stored.bytes)
        let revision = stored.manifest.map { "revision \($0.proof.revision)" } ?? "revision ?"
        let columns = [pad(stored.name.text, 44), pad(age, 7), pad(size, 10), pad(revision, 18)]
        return VisibleText.escaped(columns.joined(separator: " ") + " " + state(stored.state))
    }

    static func state(_ state: StoredSnapshot.State) -> String {
        switch state {
        case .proven: "proven"
        case .noManifest: "not proven: it has no manifest"
        case .badManifest(let fault): "not proven: of its manifest, \(fault)"
        case .otherSize: "DAMAGED: its size is not the one in its manifest"
        case .gone: "gone: only its manifest is left"
        }
    }

    /// `3d 4h`, `4h 5m`, `5m`.
    static func age(_ seconds: Double) -> String {
        let minutes = Int(saturating: max(0, seconds) / 60)
        if minutes >= 24 * 60 { return "\(minutes / 1440)d \(minutes / 60 % 24)h" }
        return minutes >= 60 ? "\(minutes / 60)h \(minutes % 60)m" : "\(minutes)m"
    }

    /// Says of snapshots from the future that a clock is wrong.
    static func noteAhead(_ ahead: [StoredSnapshot], _ context: CommandContext) {
        guard let first = ahead.first else { return }
        let names = ahead.prefix(3).map(\.name.text).joined(separator: ", ")
        context.terminal.warn(
            "\(ahead.count) dated in the future, to be kept and not counted until then: "
                + names + (ahead.count > 3 ? ", …" : "")
                + "; a clock is wrong, here or where it was saved (\(first.manifest?.takenAt ?? ""))"
        )
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
