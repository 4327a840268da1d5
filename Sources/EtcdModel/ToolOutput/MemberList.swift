/// What a cluster knows of its members, from `etcdctl member list -w json`.
package struct MemberList: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var id: MemberID
        /// Empty until the member was started for the first time.
        package var name: String
        package var peerURLs: [String]
        package var clientURLs: [String]
        package var isLearner: Bool

        package init(
            id: MemberID,
            name: String,
            peerURLs: [String],
            clientURLs: [String] = [],
            isLearner: Bool = false
        ) {
            self.id = id
            self.name = name
            self.peerURLs = peerURLs
            self.clientURLs = clientURLs
            self.isLearner = isLearner
        }
    }

    package var entries: [Entry]

    package init(entries: [Entry]) {
        self.entries = entries
    }

    /// nil where the output is none; a cluster without a member there is not.
    package init?(output: [UInt8]) {
        guard let answer = ToolJSON.decode(Answer.self, output), !answer.members.isEmpty else {
            return nil
        }
        entries = answer.members.map { member in
            Entry(
                id: MemberID(rawValue: member.ID),
                name: member.name ?? "",
                peerURLs: member.peerURLs ?? [],
                clientURLs: member.clientURLs ?? [],
                isLearner: member.isLearner ?? false
            )
        }
    }

    package subscript(id: MemberID) -> Entry? { entries.first { $0.id == id } }

    /// Those that count for a quorum.
    package var voters: [Entry] { entries.filter { !$0.isLearner } }

    /// The member with these peer URLs, in any order.
    package func member(at peerURLs: [String]) -> Entry? {
        entries.first { $0.peerURLs.sorted() == peerURLs.sorted() }
    }

    /// Names of fields as etcd prints them; those that are empty are left out.
    private struct Answer: Decodable {
        var members: [Field]
    }

    private struct Field: Decodable {
        var ID: UInt64
        var name: String?
        var peerURLs: [String]?
        var clientURLs: [String]?
        var isLearner: Bool?
    }
}
