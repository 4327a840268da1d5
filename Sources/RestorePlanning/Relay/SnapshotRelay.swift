import EtcdModel
package import RemoteHost

/// The way of the snapshot from host to host, so that it leaves the coordinator once.
///
/// It only fills the partial copies. What proves them, and sends what is missing, is the upload that
/// comes next: a relay that breaks costs time and nothing else.
package struct SnapshotRelay: Sendable, Hashable, Codable {
    package struct Hop: Sendable, Hashable, Codable {
        package var member: String
        /// Where the host before it reaches it.
        package var host: String
        package var port: Int
        /// Keys and `sshd` of the host live here, as long as its channel does, on a file system that
        /// is memory.
        package var directory: String
        package var partialSnapshot: String
        /// Whose `.rekindle` the partial copy's name begins in; nil in plans that name it by its whole path.
        package var dataDir: String?
        /// Opens the host: see `RelayScripts.open`.
        package var open: [String]
    }

    /// In the order of the way; two at least.
    package var hops: [Hop]
    package var settings: RelaySettings
    /// Tells a host who the others are.
    package var introduction: String
    /// What a host does with the stream, as a script of its own there.
    package var receiver: String

    /// nil for fewer than two members: there is nobody to hand on to.
    package init?(_ targets: [MemberTarget], _ settings: RelaySettings) {
        hops = targets.compactMap { Self.hop($0, settings) }
        guard hops.count > 1 else { return nil }
        self.settings = settings
        introduction = RelayScripts.introduce
        receiver = RelayScripts.receive
    }

    private static func hop(_ target: MemberTarget, _ settings: RelaySettings) -> Hop? {
        guard var address = target.member.peerURLs.first.flatMap(PeerAddress.init) else {
            return nil
        }
        if let port = settings.port { address.port = port }
        // two members may share a host
        let directory = "/run/rekindle-relay-\(target.paths.run)-\(target.memberID)"
        return Hop(
            member: target.name,
            host: address.host,
            port: address.port,
            directory: directory,
            partialSnapshot: target.paths.named(target.paths.partialSnapshot),
            dataDir: target.paths.dataDir,
            open: [
                "sh", "-c", RelayScripts.open, "rekindle", directory, address.listenLine,
                target.paths.named(target.paths.partialSnapshot),
            ]
        )
    }
}

/// The public keys that a host made for one relay.
package struct RelayKeys: Sendable, Hashable {
    /// `ssh-ed25519 AAAA…`; what its `sshd` shows.
    package var host: String
    /// The same form; what it shows to the next.
    package var user: String

    /// Reads a line of `RelayScripts.open`; nil for any other, and for what is no such key.
    package init?(line: String) {
        let words = line.split(separator: " ")
        guard words.count == 5, words[0] == "keys", words[1] == "ssh-ed25519",
            words[3] == "ssh-ed25519",
            [words[2], words[4]].allSatisfy({ $0.utf8.allSatisfy(Self.isBase64) })
        else { return nil }
        host = "\(words[1]) \(words[2])"
        user = "\(words[3]) \(words[4])"
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x3D: true
        default: false
        }
    }
}

extension SnapshotRelay {
    /// Opens a host, and ends with the channel; what it says is for `RelayKeys` and `bytes(line:)`.
    ///
    /// As every effect it begins with the lock and its turn, and no other command of the run works on
    /// the host as long as it is open.
    package func opening(
        _ hop: Hop,
        on target: MemberTarget,
        operator: Operator,
        turn: Int
    ) -> RemoteCommand {
        let script = """
            umask 077
            export LC_ALL=C REKINDLE_SESSION=\(`operator`.session?.word ?? "")
            \(WorkDirectory.functions)
            \(PlannedEffect.guardLines(target.paths, `operator`))\
            \(hop.open.map(ShellQuoting.quoted).joined(separator: " "))
            """
        return .script(
            script,
            ["\(PlannedEffect.turnMark)\(turn)"],
            endsWithConnection: true
        )
    }

    /// Tells an open host who may come, whom it may go to, and where the stream begins.
    ///
    /// The keys are those of all open hosts; the offset is the byte of the snapshot at which the
    /// stream begins, and kept how many bytes of the host's partial copy are proven.
    package func introducing(
        _ hop: Hop,
        keys: [String: RelayKeys],
        offset: UInt64,
        kept: UInt64,
        form: WireForm
    ) -> RemoteCommand {
        let known = hops.enumerated().compactMap { index, other in
            keys[other.member].map { "hop-\(index + 1) \($0.host)" }
        }
        let authorized = hops.compactMap { other in
            keys[other.member].map { key in
                "restrict,command=\"sh \(hop.directory)/receive\" \(key.user)"
            }
        }
        return .script(
            introduction,
            [
                hop.directory, authorized.joined(separator: "\n"), known.joined(separator: "\n"),
                hops.map { "\($0.host) \($0.port)" }.joined(separator: "\n"),
                "\(offset) \(kept) \(form.rawValue)",
                ([hop.partialSnapshot] + (hop.dataDir.map { [$0] } ?? [])).joined(separator: "\n"),
                receiver,
            ]
        )
    }

    /// Tells whether a host gets through to the hop with this index.
    package func reaching(from hop: Hop, to index: Int) -> RemoteCommand {
        RemoteCommand(["sh", "\(hop.directory)/receive", "reach", "\(index + 1)"])
    }

    /// Takes the stream at the first of the hops, and hands it on along the others.
    package func taking(along indices: [Int]) -> RemoteCommand {
        let first = indices.first.map { hops[$0].directory } ?? ""
        return RemoteCommand(
            ["sh", "\(first)/receive", "take"] + indices.dropFirst().map { "\($0 + 1)" }
        )
    }

    /// How far a host's partial copy is, by a line of its opening; nil for any other line.
    package static func bytes(line: String) -> UInt64? {
        let words = line.split(separator: " ")
        return words.count == 2 && words[0] == "at" ? UInt64(words[1]) : nil
    }
}
