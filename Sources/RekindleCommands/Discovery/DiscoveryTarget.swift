/// A host as it was named on the command line: `host`, `user@host`, `host:port`, `[2001:db8::1]:22`.
struct DiscoveryTarget: Sendable, Hashable {
    var host: String
    var user: String?
    var port: Int?

    init(_ text: String) {
        var place = Substring(text)
        if let at = place.lastIndex(of: "@") {
            user = String(place[..<at])
            place = place[place.index(after: at)...]
        }
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
            port = Self.port(place[place.index(after: end)...])
            place = place[place.index(after: place.startIndex)..<end]
        } else if let colon = place.firstIndex(of: ":"), place.lastIndex(of: ":") == colon {
            port = Self.port(place[colon...])
            // what is no port stays part of the host, whose own rules then tell
            if port != nil { place = place[..<colon] }
        }
        host = String(place)
    }

    private static func port(_ text: Substring) -> Int? {
        text.hasPrefix(":") ? Int(text.dropFirst()) : nil
    }
}
