import EtcdModel
import Testing

/// The vectors are what `member list` and the logs of `snapshot restore` of etcd 3.4.23, 3.5.16 and
/// 3.5.30 say.
@Suite("Predicted IDs")
struct PredictedIDTests {
    private func member(_ name: String, _ urls: String...) -> Member {
        Member(name: name, peerURLs: urls, clientURLs: [])
    }

    private let threeLocal = ClusterTopology(
        members: (1...3).map {
            Member(name: "m\($0)", peerURLs: ["http://127.0.0.1:2110\($0)"], clientURLs: [])
        },
        token: "tok-1"
    )

    @Test("are those of three members and a token")
    func threeMembers() {
        let ids = threeLocal.members.map { threeLocal.memberID(of: $0) }
        #expect(
            ids.map(\.description) == ["2ada36d11760132e", "63bb19c04bc3c639", "8c3b60802e0b3b9d"]
        )
        #expect(
            ids.map(\.rawValue) == [3087840766184133422, 7186365944095295033, 10104776292580408221]
        )
        #expect(threeLocal.clusterID.description == "d368b698fee2860e")
        #expect(threeLocal.clusterID.rawValue == 15233626507808245262)
    }

    @Test("are those of several URLs for a member, IPv6 and the default token")
    func severalURLs() {
        let topology = ClusterTopology(
            members: [
                member("b", "https://etcd-b.example:2380"),
                member("a", "https://10.0.0.2:2380", "https://10.0.0.1:2380"),
                member("c", "http://[fd00::3]:2380"),
            ],
            token: "etcd-cluster"
        )
        let ids = topology.members.map { topology.memberID(of: $0).description }
        #expect(ids == ["73ae36a180f9d917", "d0d2a7ddeafb4f30", "a406eb2744f3637b"])
        #expect(topology.clusterID.description == "e1a87a7c82f1db6f")
    }

    @Test("do not depend on the order of members or URLs, nor on names")
    func order() {
        var other = threeLocal
        other.members.reverse()
        for index in other.members.indices { other.members[index].name += "-renamed" }
        #expect(other.clusterID == threeLocal.clusterID)
        let urls = ["http://b:2380", "http://a:2380"]
        let one = Member(name: "x", peerURLs: urls, clientURLs: [])
        let two = Member(name: "x", peerURLs: urls.reversed(), clientURLs: [])
        #expect(threeLocal.memberID(of: one) == threeLocal.memberID(of: two))
    }

    @Test("depend on the token and on how a URL is written")
    func spelling() {
        var other = threeLocal
        other.token = "tok-2"
        #expect(other.clusterID != threeLocal.clusterID)
        let spelled = ["http://localhost:2380", "http://LOCALHOST:2380", "http://127.0.0.1:2380"]
        let ids = spelled.map { threeLocal.memberID(of: member("m", $0)) }
        #expect(Set(ids).count == 3)
    }

    /// Expected from Python: `sha1(b"".join(sorted(url.encode() for url in urls)) + b"t")`.
    @Test("sort URLs by their bytes as Go does, not as people read")
    func sorting() {
        let topology = ClusterTopology(members: [], token: "t")
        // an e with a combining accent: by its bytes before f, as Swift compares strings behind it
        let accent = member("m", "http://f.example:2380", "http://e\u{301}.example:2380")
        #expect("http://e\u{301}.example:2380" > "http://f.example:2380")
        #expect(topology.memberID(of: accent).description == "b2395a75c79376b5")
        let cases = member("m", "http://a:2380", "http://Z:2380")
        #expect(topology.memberID(of: cases).description == "2da898004a8618ef")
    }

    @Test("are printed without leading zeros, as etcd prints them")
    func unpadded() {
        let topology = ClusterTopology(members: [], token: "t")
        let id = topology.memberID(of: member("m", "http://10.0.0.153:2381"))
        #expect(id.description == "1dcbffc9123ba3")
    }
}
