/// What one endpoint says in `etcdctl endpoint hashkv -w json`.
package struct EndpointHashKV: Sendable, Hashable {
    /// The member's revision, not the one that was hashed at.
    package var revision: Int64
    package var hash: UInt32
    /// -1 where nothing was compacted.
    package var compactRevision: Int64
    /// The revision that was hashed at; nil before 3.6, which does not say it.
    package var hashRevision: Int64?

    /// The answer of the one endpoint that was asked; nil where there is none.
    package static func single(_ output: [UInt8]) -> EndpointHashKV? {
        guard let answers = ToolJSON.decode([Answer].self, output), answers.count == 1,
            let answer = answers.first?.HashKV, answer.header.member_id != nil
        else { return nil }
        return EndpointHashKV(
            revision: answer.header.revision ?? 0,
            hash: answer.hash ?? 0,
            compactRevision: answer.compact_revision ?? 0,
            hashRevision: answer.hash_revision
        )
    }

    private struct Answer: Decodable {
        var HashKV: Fields
    }

    /// Numbers that are zero are left out.
    private struct Fields: Decodable {
        var header: ResponseHeader
        var hash: UInt32?
        var compact_revision: Int64?
        var hash_revision: Int64?
    }
}
