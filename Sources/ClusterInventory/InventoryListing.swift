/// What Rekindle understood of an inventory: the values in effect, for `inventory show`.
///
/// As JSON, the keys are those of the file; a key whose value is read from the host is null.
package struct InventoryListing: Sendable, Hashable, Codable {
    package var cluster: String
    /// `auto`, or the fixed one.
    package var initialClusterToken: String
    package var members: [MemberListing]
    package var groups: [String: [String]]
    /// As it may be written in the file; null where none is given.
    package var rto: String?
    package var rpo: String?
    /// null where nobody is told how a drill went.
    package var notify: NotifyListing?

    package init(_ inventory: Inventory) {
        cluster = inventory.clusterName
        initialClusterToken = inventory.token ?? "auto"
        members = inventory.members.map(MemberListing.init)
        groups = inventory.groups
        rto = inventory.objectives.rto.map(DurationText.describe)
        rpo = inventory.objectives.rpo.map(DurationText.describe)
        notify = inventory.notify.map(NotifyListing.init)
    }

    enum CodingKeys: String, CodingKey {
        case cluster
        case initialClusterToken = "initial-cluster-token"
        case members, groups, rto, rpo, notify
    }

    /// The cluster's own values, in the order in which they are shown.
    package var rows: [ListingRow] {
        [
            ListingRow("cluster", cluster),
            ListingRow("initial-cluster-token", initialClusterToken),
            ListingRow("rto", rto ?? "none"),
            ListingRow("rpo", rpo ?? "none"),
            ListingRow("notify", notify?.text ?? "nobody"),
        ]
            + groups.sorted { $0.key < $1.key }.map {
                ListingRow("group \($0.key)", $0.value.joined(separator: ", "))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(cluster, forKey: .cluster)
        try container.encode(initialClusterToken, forKey: .initialClusterToken)
        try container.encode(members, forKey: .members)
        try container.encode(groups, forKey: .groups)
        try container.encode(rto, forKey: .rto)
        try container.encode(rpo, forKey: .rpo)
        try container.encode(notify, forKey: .notify)
    }
}

/// A label and a value, for a table of two columns.
package struct ListingRow: Sendable, Hashable {
    package var label: String
    /// nil: the host is asked.
    package var value: String?

    package init(_ label: String, _ value: String?) {
        self.label = label
        self.value = value
    }
}
