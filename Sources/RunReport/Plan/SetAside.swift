import RestorePlanning

/// Where a run renames old data to, and where it came from.
struct SetAside: Sendable, Hashable {
    /// `data` or `WAL`.
    var what: String
    var from: String
    var to: String

    /// What the restore sets aside on one host; the WAL only where it has a directory of its own.
    static func places(_ paths: MemberPaths) -> [SetAside] {
        var places = [SetAside(what: "data", from: paths.member, to: paths.setAsideMember)]
        if let from = paths.walDir, let to = paths.setAsideWAL {
            places.append(SetAside(what: "WAL", from: from, to: to))
        }
        return places
    }

    /// What a rollback sets aside: the restored data.
    static func discarded(_ paths: MemberPaths) -> [SetAside] {
        var places = [SetAside(what: "data", from: paths.member, to: paths.discardedMember)]
        if let from = paths.walDir, let to = paths.discardedWAL {
            places.append(SetAside(what: "WAL", from: from, to: to))
        }
        return places
    }

    /// What a rollback puts back.
    static func returned(_ paths: MemberPaths) -> [SetAside] {
        places(paths).map { SetAside(what: $0.what, from: $0.to, to: $0.from) }
    }

    /// The places of each member, equal ones together.
    static func add(_ pairs: [(String, [SetAside])], to page: inout Page) {
        for group in MemberGroups.of(pairs) {
            page.line(
                StyledLine("\(MemberGroups.list(group.names, of: pairs.count)):", .bold),
                indent: 2
            )
            for place in group.value {
                let label = place.what.count < 4 ? "\(place.what) " : place.what
                page.line(StyledLine("\(label)  \(place.from)"), indent: 4)
                page.line(StyledLine("  to  \(place.to)"), indent: 4)
            }
        }
    }
}
