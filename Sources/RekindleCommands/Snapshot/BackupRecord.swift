import EtcdModel
import RunJournal
import SnapshotStore

/// A line of the audit log: what was done to a backup, by whom.
struct BackupRecord: Codable, Sendable {
    enum Action: String, Codable, Sendable {
        /// It has its name, and its manifest beside it.
        case saved
        /// Written before it is deleted.
        case deleting
    }

    var action: Action
    var destination: String
    var snapshot: String
    var cluster: String?
    /// Of the plain snapshot.
    var sha256: String?
    var revision: Int64?
    /// Whether there was only a manifest left to be deleted; nil where there was more.
    var manifestOnly: Bool?
    var user: String
    var host: String

    init(_ action: Action, _ snapshot: StoredSnapshot, in destination: String, _ world: World) {
        self.action = action
        self.destination = destination
        self.snapshot = snapshot.name.text
        cluster = snapshot.manifest?.cluster
        sha256 = snapshot.manifest?.proof.sha256
        revision = snapshot.manifest?.proof.revision
        manifestOnly = action == .deleting && snapshot.state == .gone ? true : nil
        user = world.user
        host = world.hostname
    }
}
