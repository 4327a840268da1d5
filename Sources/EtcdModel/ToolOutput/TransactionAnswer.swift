/// What etcd says in `etcdctl txn -w json`.
package struct TransactionAnswer: Sendable, Hashable {
    /// Whether the comparison held, so that the first branch was taken.
    package var succeeded: Bool

    package init(succeeded: Bool) {
        self.succeeded = succeeded
    }

    /// nil where the output is no answer.
    package init?(_ output: [UInt8]) {
        guard let answer = ToolJSON.decode(Answer.self, output), answer.header.member_id != nil
        else { return nil }
        succeeded = answer.succeeded ?? false
    }

    /// A flag that is false is left out.
    private struct Answer: Decodable {
        var header: ResponseHeader
        var succeeded: Bool?
    }
}
