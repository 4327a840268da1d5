import SnapshotSource
import SnapshotStore

/// Where a person wants snapshots kept.
enum KeepingPlace {
    static func store(
        _ text: String,
        _ context: CommandContext,
        _ surroundings: SourceSurroundings
    ) throws(UsageProblem) -> any KeptSnapshots {
        guard !text.isEmpty else {
            throw UsageProblem(
                "the place of the snapshots is empty",
                hint: "name a directory; is a variable of the calling script unset?"
            )
        }
        guard !text.hasPrefix("s3://") else {
            throw UsageProblem(
                "\(text) is a bucket, and snapshots are kept in directories only",
                hint: "keep them in a directory, and copy it: `aws s3 sync DIR \(text)`"
            )
        }
        return DirectoryStore(
            Self.trimmed(context.preparation.absolute(text)),
            surroundings: surroundings
        )
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? trimmed(String(path.dropLast())) : path
    }
}
