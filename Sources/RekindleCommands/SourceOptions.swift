import ArgumentParser
import SnapshotSource

/// What a snapshot is opened and reached with, where it is no plain file of this machine.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file whose first line opens a snapshot that gpg encrypted; left out, the gpg "
                + "agent is asked.",
            valueName: "file"
        )
    )
    var passphraseFile: String?

    @Option(
        name: .customLong("identity"),
        help: ArgumentHelp(
            "The file with the secret key for a snapshot that age encrypted. May be repeated.",
            valueName: "file"
        )
    )
    var identities: [String] = []

    @Option(
        name: .customLong("endpoint-url"),
        help: ArgumentHelp(
            "The S3 server, where it is not Amazon's.",
            discussion: "Default: $AWS_ENDPOINT_URL_S3, else $AWS_ENDPOINT_URL. Credentials and "
                + "profiles are those of the aws program.",
            valueName: "url"
        )
    )
    var endpointURL: String?

    @Option(
        help: ArgumentHelp(
            "The cluster that the snapshot is of, where it is not the inventory's. Without it, the "
                + "snapshot of another cluster is refused, and `latest` passes it over.",
            valueName: "cluster"
        )
    )
    var fromCluster: String?

    /// What `--snapshot` takes; in every command the same.
    static let snapshotHelp = ArgumentHelp(
        "A file, NAME:/path on a member, s3://bucket/key, s3://bucket/prefix/latest for the newest "
            + "snapshot, or - for standard input; packed with gzip, zstd, xz, bzip2, lz4 or as ZIP, "
            + "encrypted with gpg or age.",
        valueName: "snapshot"
    )

    /// - Throws: `UsageProblem` for a file of secrets that cannot be read.
    func surroundings(_ world: World) throws(UsageProblem) -> SourceSurroundings {
        if fromCluster == "" {
            throw UsageProblem(
                "--from-cluster must not be empty",
                hint: "give the cluster's name as its manifests have it; leave it out for the "
                    + "inventory's own"
            )
        }
        for (option, path) in [("--passphrase-file", passphraseFile)].compactMap({ pair in
            pair.1.map { (pair.0, $0) }
        }) + identities.map({ ("--identity", $0) }) {
            do throws(UnreadableFile) {
                try FileBytes.requireReadable(path)
            } catch {
                throw UsageProblem(
                    "cannot read the file of \(option) \(error)",
                    hint: "check the path and its permissions"
                )
            }
        }
        return SourceSurroundings(
            keys: LayerKeys(passphraseFile: passphraseFile, identities: identities),
            endpointURL: endpointURL,
            environment: world.environment
        )
    }
}
