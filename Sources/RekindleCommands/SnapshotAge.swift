import RemoteHost
import RestoreEngine
import SnapshotSource

/// Tells when a snapshot was taken, as far as where it lies tells.
struct SnapshotAge: Sendable {
    let surroundings: SourceSurroundings
    let members: @Sendable () throws -> Fleet

    /// In seconds since 1970; nil where nothing tells, as with standard input.
    func takenAt(_ location: SnapshotLocation) async -> Double? {
        switch location {
        case .file(let path): return SnapshotDate.ofFile(path)
        case .standardInput: return nil
        case .bucket(let place):
            return SnapshotDate.ofObject(place, surroundings: surroundings)
        case .member(let name, let path):
            // a host that does not answer tells no time
            let answer = try? await members().apart {
                try await $0[name]?.run(RemoteCommand(["stat", "-L", "-c", "%Y", "--", path]))
            }
            guard let answer, answer.isSuccess else { return nil }
            // `inf` and `nan` are numbers for Swift, and no times
            return Double(answer.outputText.filter { !$0.isNewline })
                .flatMap { (0...1e11).contains($0) ? $0 : nil }
        }
    }
}
