/// What the known_hosts files say, read as OpenSSH reads them.
struct KnownHosts {
    enum Marker: String {
        case revoked = "@revoked"
        case certAuthority = "@cert-authority"
    }

    struct Place: Hashable, CustomStringConvertible {
        var file: String
        /// From 1.
        var line: Int
        var description: String { "\(file):\(line)" }
    }

    struct Entry {
        var marker: Marker?
        var hosts: HostPattern
        var key: HostKey
        var place: Place
    }

    private(set) var entries: [Entry] = []
    /// Lines that are neither an entry nor empty nor a comment: OpenSSH skips them too.
    private(set) var badLines: [Place] = []
    /// Files that are there and could not be read, with the reason.
    var unreadableFiles: [String] = []

    /// Adds what one file says.
    mutating func read(_ text: String, file: String) {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let place = Place(file: file, line: index + 1)
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            if let entry = Self.entry(words, place: place) {
                entries.append(entry)
            } else {
                badLines.append(place)
            }
        }
    }

    private static func entry(_ words: [Substring], place: Place) -> Entry? {
        var words = words[...]
        var marker: Marker?
        if let first = words.first, first.hasPrefix("@") {
            marker = Marker(rawValue: String(first))
            if marker == nil { return nil }
            words = words.dropFirst()
        }
        // The rest of the line after hosts, type and key is a comment.
        let fields = Array(words.prefix(3))
        guard fields.count == 3, let hosts = HostPattern(fields[0]),
            let blob = Base64.decode(fields[2]), let key = HostKey(blob: blob),
            key.type == fields[1]
        else { return nil }
        return Entry(marker: marker, hosts: hosts, key: key, place: place)
    }

    /// The name under which known_hosts has a host.
    static func name(of host: String, port: UInt16) -> String {
        port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    }

    /// The types for which there is a key that could match, in the order of the file.
    func keyTypes(of host: String, port: UInt16) -> [String] {
        let bracketed = types(under: Self.name(of: host, port: port))
        return bracketed.isEmpty ? types(under: Self.name(of: host, port: 22)) : bracketed
    }

    private func types(under name: String) -> [String] {
        entries.filter { $0.marker == nil && $0.hosts.matches(name) }.map(\.key.type)
    }
}
