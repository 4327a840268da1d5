internal import RemoteHost

/// What must hold between members; one function per rule.
enum MemberRules {
    static let all: [@Sendable ([MemberReading], inout Findings) -> Void] = [
        distinctNames, distinctURLs, separateDirectories, separateUnits,
        oneScheme, reachableURLs,
    ]

    /// An even number tolerates no more failures than one fewer.
    ///
    /// Counts what the file lists, so that an entry that cannot be read is not taken for missing.
    static func count(_ members: [YAMLValue], _ findings: inout Findings) {
        let count = members.count
        guard let last = members.last, count.isMultiple(of: 2) else { return }
        let lost = count / 2 - 1
        findings.warning(
            "an even number of members: \(count)",
            at: last.place,
            hint: "\(count) tolerate the loss of \(lost), as \(count - 1) would; "
                + "\(count + 1) tolerate \(lost + 1)"
        )
    }

    private static func distinctNames(_ members: [MemberReading], _ findings: inout Findings) {
        var first: [String: TextPlace] = [:]
        for name in members.compactMap(\.name) {
            if let earlier = first[name.value] {
                findings.error(
                    "member name \(name.value.quotedForMessage) is given twice",
                    at: name.place,
                    hint: "it is first given on line \(earlier.line)"
                )
            } else {
                first[name.value] = name.place
            }
        }
    }

    /// Two members cannot be reached at one address; nor can peers and clients.
    private static func distinctURLs(_ members: [MemberReading], _ findings: inout Findings) {
        var first: [String: Located<String>] = [:]
        let all = members.flatMap { member in
            member.peerURLs.map { ($0, "") }
                // clients of the host itself: every host has its own
                + member.clientURLs.map { ($0, $0.isLoopback ? member.host?.value ?? "" : "") }
        }
        for (url, scope) in all {
            guard let address = try? EtcdURL(url.value).address else { continue }
            guard let earlier = first.updateValue(url, forKey: "\(scope) \(address)") else {
                continue
            }
            first["\(scope) \(address)"] = earlier
            let isSame = earlier.value == url.value
            findings.error(
                "URL \(url.value.quotedForMessage) "
                    + (isSame
                        ? "is given twice"
                        : "leads to the same place as \(earlier.value.quotedForMessage)"),
                at: url.place,
                hint: "\(isSame ? "it is first given" : "that is") on line \(earlier.place.line)"
            )
        }
    }

    /// On one host, no member's directory may be, hold or lie in another member's.
    private static func separateDirectories(
        _ members: [MemberReading],
        _ findings: inout Findings
    ) {
        for (index, member) in members.enumerated() {
            for earlier in members[..<index] where earlier.isOnHost(of: member) {
                for (key, directory) in member.directories {
                    let clash = earlier.directories.first { other in
                        HostPath.isInside(directory.value, other.path.value)
                            || HostPath.isInside(other.path.value, directory.value)
                    }
                    guard let clash else { continue }
                    findings.error(
                        "\(member.title) and \(earlier.title) share a directory on "
                            + "\(member.endpoint.host): \(key) "
                            + "\(directory.value.quotedForMessage) and \(clash.key) "
                            + clash.path.value.quotedForMessage,
                        at: member.place,
                        hint: "give each its own, in the member's own etcd section"
                    )
                }
            }
        }
    }

    /// On one host, stopping one member's unit must not stop another member.
    private static func separateUnits(_ members: [MemberReading], _ findings: inout Findings) {
        for (index, member) in members.enumerated() {
            for earlier in members[..<index]
            where earlier.isOnHost(of: member) && earlier.service.value == member.service.value {
                findings.error(
                    "\(member.title) and \(earlier.title) are one service on "
                        + "\(member.endpoint.host): \(member.service.value.title)",
                    at: member.place,
                    hint: "give each its own unit, in the member's own service section"
                )
            }
        }
    }

    /// Half a cluster with TLS is either a migration that stopped or a slip of the pen.
    private static func oneScheme(_ members: [MemberReading], _ findings: inout Findings) {
        for (name, urls) in [
            ("peer", members.flatMap(\.peerURLs)), ("client", members.flatMap(\.clientURLs)),
        ] {
            guard let first = urls.first, let scheme = first.scheme,
                let other = urls.first(where: { $0.scheme != scheme })
            else { continue }
            findings.warning(
                "\(name) URLs are http here and https there",
                at: other.place,
                hint: "the first, on line \(first.place.line), is \(scheme)"
            )
        }
    }

    /// Addresses that lead nowhere, or back to whoever asks.
    private static func reachableURLs(_ members: [MemberReading], _ findings: inout Findings) {
        let isSpread = Set(members.compactMap { $0.host?.value }).count > 1
        for url in members.flatMap({ $0.peerURLs + $0.clientURLs }) {
            guard let host = try? EtcdURL(url.value).host else { continue }
            if ["0.0.0.0", "::"].contains(host) {
                findings.error(
                    "URL \(url.value.quotedForMessage) advertises the address that means all",
                    at: url.place,
                    hint: "advertise the address at which the others reach this member"
                )
            } else if isSpread, url.isLoopback {
                findings.warning(
                    "URL \(url.value.quotedForMessage) is reachable from its own host only",
                    at: url.place,
                    hint: "advertise the address at which the others reach this member"
                )
            }
        }
    }
}

extension MemberReading {
    fileprivate var title: String { "member \((name?.value ?? "without a name").quotedForMessage)" }

    fileprivate var directories: [(key: String, path: Located<String>)] {
        [("data-dir", etcd.dataDir), ("wal-dir", etcd.walDir)].compactMap { key, path in
            path.map { (key, $0) }
        }
    }

    /// One host can have several SSH ports only where each leads to a system of its own.
    fileprivate func isOnHost(of other: MemberReading) -> Bool {
        host != nil && host?.value == other.host?.value && endpoint.port == other.endpoint.port
    }
}

extension Located<String> {
    fileprivate var scheme: String? { (try? EtcdURL(value))?.scheme }

    fileprivate var isLoopback: Bool {
        guard let host = try? EtcdURL(value).host else { return false }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
