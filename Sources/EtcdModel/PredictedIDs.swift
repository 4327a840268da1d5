import CLibCrypto

/// The IDs that etcd will compute from peer URLs and token, before anything runs.
///
/// As `NewMember` and `genID` do (server/etcdserver/api/membership/{member,cluster}.go of 3.4 to
/// 3.6): no separators, the name is not part of it, and URLs count exactly as they are written.
extension ClusterTopology {
    package func memberID(of member: Member) -> MemberID {
        var text = member.peerURLs.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined()
        text += token
        return MemberID(rawValue: Self.head(ofSHA1: Array(text.utf8)))
    }

    package var clusterID: ClusterID {
        let ids = members.map { memberID(of: $0).rawValue }.sorted()
        let bytes = ids.flatMap { id in
            (0..<8).map { UInt8(truncatingIfNeeded: id >> (56 - $0 * 8)) }
        }
        return ClusterID(rawValue: Self.head(ofSHA1: bytes))
    }

    /// The first eight bytes of the digest, big-endian.
    private static func head(ofSHA1 bytes: [UInt8]) -> UInt64 {
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        SHA1(bytes, bytes.count, &digest)
        return digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
