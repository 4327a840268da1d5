import Glibc

/// Keeps an upload from ending as if it were whole when this process dies.
///
/// `aws` stores whatever came once its input ends, and the kernel ends it for a process that was
/// killed. So a second program holds the input open too. It lets go on one word, and on the end of
/// its own input without that word it kills the upload first. Used from one thread.
final class UploadGuard {
    private let program: ChildProgram
    private var orders: Descriptor?

    /// Gets the process group of the upload.
    static let script = #"""
        read -r word
        [ "$word" = whole ] || kill -s KILL -- "-$1"
        """#

    /// Starts the second program; the input is what the upload reads, by its write end.
    /// - Throws: `SourceFailure`.
    init(
        _ upload: ChildProgram,
        input: Descriptor,
        surroundings: SourceSurroundings
    ) throws(SourceFailure) {
        let ends = try Descriptor.pipe()
        program = try ChildProgram(
            try surroundings.programs.require("sh", package: "dash", for: "an upload"),
            ["-c", Self.script, "sh", String(upload.process)],
            input: ends.read.number,
            output: input.number,
            environment: surroundings.environment
        ) { SourceFailure("the upload's guard failed", evidence: $0, hint: "try again") }
        orders = ends.write
    }

    /// The upload has got everything: it may see its end.
    func letGo() {
        guard let orders else { return }
        _ = write(orders.number, "whole\n", 6)
        self.orders = nil
        _ = program.finish()
    }
}
