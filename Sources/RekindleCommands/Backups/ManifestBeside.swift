import EtcdModel
import FoundationEssentials
import RemoteHost
import RestoreEngine
import SnapshotSource
import SnapshotStore

/// The manifest that lies beside a snapshot, where it is a file of this machine or of a member.
struct ManifestBeside: Sendable {
    let members: @Sendable () throws -> Fleet

    /// nil where there is none; it adds to the proof, and nothing depends on it.
    func manifest(of location: SnapshotLocation) async -> SnapshotManifest? {
        switch location {
        case .file(let path):
            return FileManager.default.contents(atPath: path + SnapshotName.manifestSuffix)
                .flatMap { ManifestJSON.decode(Array($0)) }
        case .member(let name, let path):
            guard let own = try? members().apart(), let link = own[name] else { return nil }
            let answer = try? await link.run(
                .script(
                    "[ ! -f \"$1\" ] || head -c 1048576 -- \"$1\"",
                    [path + SnapshotName.manifestSuffix]
                )
            )
            await own.close()
            return answer.flatMap { ManifestJSON.decode($0.output) }
        case .bucket, .standardInput: return nil
        }
    }
}

extension SnapshotManifest {
    /// In seconds since 1970; nil for what is no time.
    var takenSeconds: Double? {
        (try? Date(takenAt, strategy: .iso8601))?.timeIntervalSince1970
    }
}
