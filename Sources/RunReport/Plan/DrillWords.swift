import RestorePlanning

extension Plan {
    /// Whether it is a drill, or removes what is left of one.
    var isOfDrill: Bool { targets.contains { $0.scratch != nil } }
}

enum PeerPort {
    /// nil where a URL has none.
    static func of(_ url: String) -> Int? {
        url.lastIndex(of: ":").flatMap { Int(url[url.index(after: $0)...]) }
    }
}
