import ArgumentParser
import ClusterInventory
import EtcdModel
import RestoreEngine
import RestorePlanning
import SnapshotSource
import SnapshotStore

struct SnapshotSaveCommand: RekindleSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Take a snapshot from a healthy member, prove it, and keep it with a manifest.",
        discussion: """
            A follower is asked before the leader. The snapshot is proven before it has its name; a \
            manifest with its revision, keys, HashKV and digests is written beside it, and a line \
            to the audit log. Its plain bytes touch no disk of this machine where it is encrypted.


            """
                + ExitStatus.help(
                    .done,
                    .failed,
                    .refused,
                    .interrupted,
                    .locked,
                    .usage,
                    .invalidInput
                )
    )

    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp(DestinationReading.help, valueName: "destination"))
    var to: String
    @Option(
        help: ArgumentHelp(
            "Ask this member alone, whatever its state: without a quorum it still gives what it has.",
            valueName: "name"
        )
    )
    var from: String?
    @OptionGroup var packing: PackingOptions

    func body(_ context: CommandContext) async throws -> ExitStatus {
        let sources = try SavingArguments(context, options, to: to, from: from, packing)
        let saving = SnapshotSaving(
            context: context,
            inventory: sources.inventory,
            fleet: sources.fleet,
            storing: sources.storing,
            surroundings: sources.storing.surroundings,
            wanted: from
        )
        let stored = try await context.withDestination { try await saving.run() }
        await sources.fleet.close()
        switch options.output {
        case .json: context.terminal.show(try BackupListing.json(BackupListing(stored)))
        case .text:
            guard let proof = stored.manifest?.proof else { break }
            context.terminal.show(
                """
                \(sources.storing.destination.description)/\(stored.name.text)
                proven: revision \(proof.revision), \(proof.keys) keys, HashKV \(proof.hashKV), \
                SHA-256 \(proof.sha256); \(ByteText.describe(stored.bytes)) stored
                """
            )
        }
        return .done
    }
}

/// What a snapshot is wrapped in when it is saved.
struct PackingOptions: ParsableArguments {
    enum Compression: String, ExpressibleByArgument, CaseIterable {
        case gz
        case zst
    }

    @Option(help: "Compress it: gz (gzip) or zst (zstd).") var compress: Compression?

    @Option(
        help: ArgumentHelp(
            "Encrypt it for a key: age's (age1…, ssh-…) or one that gpg knows.",
            valueName: "recipient"
        )
    )
    var encryptTo: String?

    @Option(
        help: ArgumentHelp(
            "Encrypt it by gpg with the first line of a file.",
            valueName: "file"
        )
    )
    var passphraseFile: String?

    @Option(
        name: .customLong("endpoint-url"),
        help: ArgumentHelp("The S3 server, where it is not Amazon's.", valueName: "url")
    )
    var endpointURL: String?

    /// The innermost first: what is encrypted does not shrink.
    /// - Throws: `UsageProblem`.
    func layers(_ world: World) throws(UsageProblem) -> [PackingLayer] {
        var layers: [PackingLayer] = []
        switch compress {
        case .gz: layers.append(.gzip)
        case .zst: layers.append(.zstd)
        case nil: break
        }
        switch (encryptTo, passphraseFile) {
        case (.some, .some):
            throw UsageProblem(
                "--encrypt-to and --passphrase-file exclude each other",
                hint: "encrypt for a key, or with a passphrase"
            )
        case (let recipient?, nil):
            guard !recipient.isEmpty, !recipient.hasPrefix("-") else {
                throw UsageProblem(
                    "--encrypt-to names no recipient",
                    hint: "give an age recipient, or a key's fingerprint or address in gpg"
                )
            }
            layers.append(PackingLayer(recipient: recipient))
        case (nil, let file?):
            do throws(UnreadableFile) {
                try FileBytes.requireReadable(file)
            } catch {
                throw UsageProblem(
                    "cannot read the file of --passphrase-file \(error)",
                    hint: "check the path and its permissions"
                )
            }
            layers.append(.gpgPassphrase(file: file))
        case (nil, nil): break
        }
        return layers
    }
}
