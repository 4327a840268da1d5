package import ClusterInventory

/// What `inventory show` says.
package enum InventoryText {
    package static func render(_ listing: InventoryListing, style: Style) -> String {
        var page = Page(style)
        page.fields(listing.rows.map(field), indent: 0)
        for member in listing.members {
            page.heading(member.name)
            page.fields(member.rows.map(field))
        }
        return page.text
    }

    /// The keys of the file.
    package static func json(_ listing: InventoryListing) throws -> String {
        try JSONText.encode(listing)
    }

    private static func field(_ row: ListingRow) -> (String, StyledLine) {
        (row.label, row.value.map { StyledLine($0) } ?? StyledLine("read from the host", .dim))
    }
}
