import EtcdModel
import Glibc
import RemoteHost
import RestoreEngine
import SnapshotSource
import SnapshotStore

/// The manifest that `snapshot save` wrote beside a snapshot, and what it says of it.
struct ManifestLookup: Sendable {
    let surroundings: SourceSurroundings
    let members: @Sendable () throws -> Fleet

    enum Finding: Sendable {
        /// It is not a name that `snapshot save` gives, or there is no manifest beside it.
        case none
        case manifest(SnapshotManifest)
        /// There is one that says nothing; why.
        case unusable(String)
    }

    /// Looks beside the snapshot; what cannot be read is no reason not to restore what proves itself.
    func find(_ location: SnapshotLocation) async -> Finding {
        do {
            return try await read(location)
        } catch {
            return .unusable("it cannot be read: \(error)")
        }
    }

    /// Looks beside the snapshot.
    /// - Throws: what reading throws.
    func read(_ location: SnapshotLocation) async throws -> Finding {
        let path: String
        switch location {
        case .file(let file), .member(_, let file): path = file
        case .bucket(let place): path = place.key
        case .standardInput: return .none
        }
        guard let name = SnapshotName(lastOf: path) else { return .none }
        do {
            guard let bytes = try await bytes(path + SnapshotName.manifestSuffix, location) else {
                return .none
            }
            return .manifest(try SnapshotManifest(bytes, of: name.text))
        } catch let fault as ManifestFault {
            return .unusable("\(fault)")
        }
    }

    /// nil where there is none.
    private func bytes(_ path: String, _ location: SnapshotLocation) async throws -> [UInt8]? {
        switch location {
        case .standardInput: return nil
        case .file:
            guard access(path, F_OK) == 0 else { return nil }
            return try FileBytes.read(path)
        case .bucket(let place):
            return try await BucketFolder(of: place, surroundings: surroundings)
                .small(SnapshotName.manifestSuffix, beside: place)
        case .member(let name, _):
            let script = #"[ -e "$1" ] || exit 66; exec head -c "$2" -- "$1""#
            // a lost connection does not tell that there is none
            let answer = try await members().apart {
                try await $0[name]?.run(
                    .script(script, [path, String(SnapshotManifest.largestBytes)])
                )
            }
            guard let answer, answer.ending != .exited(66) else { return nil }
            guard answer.isSuccess else {
                throw SourceFailure(answer.lastLines(), hint: "check its permissions")
            }
            return answer.output
        }
    }
}

extension SnapshotManifest {
    /// - Throws: `SourceFailure` where the bytes are not those that were saved.
    func require(_ proof: SnapshotProof, at place: String) throws(SourceFailure) {
        let mismatches = mismatches(proof)
        guard !mismatches.isEmpty else { return }
        throw SourceFailure(
            "\(place) is not the snapshot that its manifest tells of",
            evidence: mismatches.map {
                "\($0.what): \($0.expected) by the manifest, \($0.found) in the file"
            },
            hint:
                "somebody put another in its place; take another snapshot, or move the manifest away "
                + "if this is the one you mean"
        )
    }
}
