/// A version of etcd, as its tools print it; a pre-release counts as its release.
package struct EtcdVersion: Sendable, Hashable, Codable {
    package var major: Int
    package var minor: Int
    package var patch: Int

    package init(major: Int, minor: Int, patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads the line `etcdctl version: 3.4.23` or `etcd Version: 3.6.0-rc.1`; what else the tool
    /// prints, warnings before it included, is passed over.
    package init?(toolOutput: String) {
        for line in toolOutput.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard words.count == 3, ["etcd", "etcdctl", "etcdutl"].contains(words[0]),
                ["version:", "Version:"].contains(words[1])
            else { continue }
            self.init(text: words[2])
            return
        }
        return nil
    }

    /// `3.5.16`, with what semver.org allows behind it: `-rc.1`, `+git`.
    package init?(text: some StringProtocol) {
        let release = text.prefix { $0 != "-" && $0 != "+" }
        let numbers = release.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }),
            let major = Int(numbers[0]), let minor = Int(numbers[1]), let patch = Int(numbers[2])
        else { return nil }
        self.init(major: major, minor: minor, patch: patch)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension EtcdVersion: Comparable {
    package static func < (left: EtcdVersion, right: EtcdVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

extension EtcdVersion: CustomStringConvertible {
    package var description: String { "\(major).\(minor).\(patch)" }
}
