/// A version of etcd, as its tools print it.
package struct EtcdVersion: Sendable, Hashable, Codable {
    package var major: Int
    package var minor: Int
    package var patch: Int

    package init(major: Int, minor: Int, patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `etcdctl version: 3.4.23` or `etcd Version: 3.5.16`, the first line of the output.
    package init?(toolOutput: String) {
        guard let line = toolOutput.split(whereSeparator: \.isNewline).first,
            let last = line.split(separator: " ").last
        else { return nil }
        let numbers = last.split(separator: "-")[0].split(separator: ".").map { Int($0) }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1],
            let patch = numbers[2]
        else { return nil }
        self.init(major: major, minor: minor, patch: patch)
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
