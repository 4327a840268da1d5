import ArgumentParser
import SnapshotSource

/// How the snapshot crosses the wire.
struct TransferOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The bytes a second that all uploads together may put on the wire.",
            discussion: """
                As rsync's --bwlimit: 50M is 50 MiB/s, K and G likewise, a bare number is KiB/s. \
                Or in bits a second, as networks are sold: 100mbit, 1gbit, 512kbit. Counted after \
                packing.
                """,
            valueName: "limit"
        )
    )
    var bandwidth: BandwidthLimit?
}

/// A limit as it was typed and understood.
struct BandwidthLimit: ExpressibleByArgument {
    let bytesPerSecond: Double
    /// As it was typed.
    let text: String

    init?(argument: String) {
        guard let rate = Bandwidth.bytesPerSecond(argument) else { return nil }
        bytesPerSecond = rate
        text = argument
    }

    /// One for all uploads of a run.
    var shared: Bandwidth { Bandwidth(bytesPerSecond: bytesPerSecond) }
}
