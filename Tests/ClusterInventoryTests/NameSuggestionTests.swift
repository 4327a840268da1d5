import ClusterInventory
import Testing

@Suite("A name that no member has")
struct NameSuggestionTests {
    private let names = ["etcd-1", "etcd-2", "etcd-3"]

    @Test(
        "is taken for no member whose digits are others",
        arguments: ["etcd-9", "etcd-11", "etcd-", "etcd", "etcd-l", "db-1", "", "1"]
    )
    func far(word: String) {
        #expect(
            NameSuggestion.hint(for: word, among: names, what: "members")
                == "the members are etcd-1, etcd-2, etcd-3"
        )
    }

    @Test(
        "is taken for the one that it is a slip of the hand from, and all are named",
        arguments: ["ectd-1", "etcd1", "ETCD-1", "etc-1", "etcd_1"]
    )
    func near(word: String) {
        #expect(
            NameSuggestion.hint(for: word, among: names, what: "members")
                == "did you mean etcd-1? the members are etcd-1, etcd-2, etcd-3"
        )
    }

    @Test("is taken for none if two are as near")
    func ambiguous() {
        #expect(
            NameSuggestion.hint(for: "node-x", among: ["node-a", "node-b"], what: "members")
                == "the members are node-a, node-b"
        )
    }
}
