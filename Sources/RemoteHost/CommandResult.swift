/// What a remote command ended with.
///
/// A non-zero exit is a result, not an error.
package struct CommandResult: Sendable, Hashable {
    package enum Ending: Sendable, Hashable {
        case exited(Int32)
        /// Killed; the name is without `SIG`, as SSH gives it (RFC 4254 §6.10).
        case signalled(String)
    }

    package var ending: Ending
    package var output: [UInt8]
    package var errorOutput: [UInt8]

    package init(ending: Ending, output: [UInt8] = [], errorOutput: [UInt8] = []) {
        self.ending = ending
        self.output = output
        self.errorOutput = errorOutput
    }

    package var isSuccess: Bool { ending == .exited(0) }
    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }

    /// The last lines of standard error, or of output where there are none, for an error message.
    package func lastLines(_ count: Int = 5) -> String {
        // enough for any message; a host may have sent megabytes
        let bytes = (errorOutput.isEmpty ? output : errorOutput).suffix(64 << 10)
        return bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.suffix(count)
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }
}

extension CommandResult.Ending: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let status): "exit \(status)"
        case .signalled(let name): "killed by SIG\(name)"
        }
    }
}
