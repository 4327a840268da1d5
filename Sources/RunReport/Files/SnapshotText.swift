import EtcdModel
package import RestorePlanning

/// What `snapshot verify` says of a file that is proven.
package enum SnapshotText {
    package static func render(_ reference: SnapshotReference, style: Style) -> String {
        let proof = reference.proof
        var page = Page(style)
        page.line(StyledLine(reference.path, .bold) + StyledLine(" is a whole etcd snapshot"))
        page.fields([
            ("size", StyledLine("\(ByteText.describe(proof.bytes)) (\(proof.bytes) bytes)")),
            ("SHA-256", StyledLine(proof.sha256)),
            ("revision", StyledLine("\(proof.revision)\(compaction(proof))")),
            ("keys", StyledLine("\(proof.keys) live, \(proof.totalKeys) records in all")),
            ("leases", StyledLine(String(proof.leases))),
            (
                "HashKV",
                StyledLine("\(proof.hashKV), which every restored member will have")
            ),
            ("etcd", StyledLine(proof.clusterVersion.map { "cluster version \($0)" } ?? "unknown")),
            ("members", StyledLine(members(proof))),
            (
                "alarms",
                StyledLine(
                    proof.alarms.isEmpty ? "none" : proof.alarms.joined(separator: ", "),
                    proof.alarms.isEmpty ? .plain : .warn
                )
            ),
            (
                "authentication",
                StyledLine(proof.authEnabled ? "on" : "off", proof.authEnabled ? .warn : .plain)
            ),
        ])
        return page.text
    }

    /// `path`, and every value of the proof; IDs are strings.
    package static func json(_ reference: SnapshotReference) throws -> String {
        let proof = reference.proof
        let document: JSONValue = [
            "path": .string(reference.path),
            "sha256": .string(proof.sha256),
            "bytes": .unsigned(proof.bytes),
            "revision": .int(proof.revision),
            "compactRevision": .int(proof.compactRevision),
            "keys": .int(Int64(proof.keys)),
            "totalKeys": .int(Int64(proof.totalKeys)),
            "leases": .int(Int64(proof.leases)),
            "hashKV": .int(Int64(proof.hashKV)),
            "clusterVersion": .optional(proof.clusterVersion),
            "members": .array(
                proof.members.map { member in
                    [
                        "id": .string(member.id.description),
                        "name": .string(member.name),
                        "peerURLs": .array(member.peerURLs.map(JSONValue.string)),
                    ]
                }
            ),
            "alarms": .array(proof.alarms.map(JSONValue.string)),
            "authEnabled": .bool(proof.authEnabled),
        ]
        return try JSONText.encode(document)
    }

    private static func compaction(_ proof: SnapshotProof) -> String {
        proof.compactRevision < 0 ? "" : ", compacted at \(proof.compactRevision)"
    }

    private static func members(_ proof: SnapshotProof) -> String {
        proof.members.isEmpty
            ? "none recorded"
            : proof.members.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
    }
}
