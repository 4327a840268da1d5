import FoundationEssentials

/// The values in `etcdctl get -w json`.
package struct KeyValues: Sendable, Hashable {
    /// In the order of the answer; empty for a key that is not there.
    package var values: [[UInt8]]

    /// nil where the output is no answer.
    package init?(_ output: [UInt8]) {
        guard let answer = ToolJSON.decode(Answer.self, output), answer.header != nil else {
            return nil
        }
        values = (answer.kvs ?? []).map { Array($0.value ?? Data()) }
    }

    private struct Answer: Decodable {
        var header: ResponseHeader?
        var kvs: [Pair]?
    }

    /// Base64; left out where it is empty.
    private struct Pair: Decodable {
        var value: Data?
    }
}
