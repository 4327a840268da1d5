/// Which hosts a line of known_hosts is about (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
enum HostPattern: Hashable {
    /// `|1|salt|hash`: HMAC-SHA1 of the one name, keyed with the salt.
    case hashed(salt: [UInt8], hash: [UInt8])
    case list([Glob])

    /// One pattern of a comma list: `*` is any text, `?` any one character.
    struct Glob: Hashable {
        var pattern: [UInt8]
        /// `!`: a host that matches is not meant, whatever else matches.
        var isNegated: Bool
    }

    /// - Returns: nil for a hash that cannot be read.
    init?(_ text: Substring) {
        guard text.hasPrefix("|") else {
            self = .list(
                text.lowercased().split(separator: ",").map { item in
                    let isNegated = item.hasPrefix("!")
                    return Glob(
                        pattern: Array((isNegated ? item.dropFirst() : item).utf8),
                        isNegated: isNegated
                    )
                }
            )
            return
        }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1] == "1", let salt = Base64.decode(parts[2]),
            let hash = Base64.decode(parts[3]), salt.count == 20, hash.count == 20
        else { return nil }
        self = .hashed(salt: salt, hash: hash)
    }

    /// Compares with a name of the form `host` or `[host]:port`, in lower case.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        switch self {
        case .hashed(let salt, let hash):
            return Digest.hmacSHA1(key: salt, name) == hash
        case .list(let globs):
            let matching = globs.filter { Self.glob($0.pattern[...], matches: name[...]) }
            return !matching.isEmpty && !matching.contains(where: \.isNegated)
        }
    }

    /// Goes back only to the last star, so the time is bounded by the product of the lengths.
    private static func glob(_ pattern: ArraySlice<UInt8>, matches name: ArraySlice<UInt8>) -> Bool
    {
        var pattern = pattern
        var name = name
        var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while let character = name.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
            } else if let wanted = pattern.first, wanted == UInt8(ascii: "?") || wanted == character
            {
                pattern = pattern.dropFirst()
                name = name.dropFirst()
            } else if let last = retry {
                retry = (last.pattern, last.name.dropFirst())
                pattern = last.pattern
                name = last.name.dropFirst()
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
