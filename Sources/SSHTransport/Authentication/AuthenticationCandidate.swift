/// A key that is offered to the server.
struct AuthenticationCandidate {
    enum Source {
        case file(PrivateKeyFile)
        case agent(AgentKey)
    }

    /// For messages: the file's path, or the agent's comment.
    var label: String
    /// As it stands in a `.pub` file.
    var publicBlob: [UInt8]
    var source: Source

    /// The blob as libssh2 has to be given it.
    ///
    /// - Returns: nil for a type that cannot be used.
    var offeredBlob: [UInt8]? {
        guard let key = HostKey(blob: publicBlob) else { return nil }
        switch key.type {
        case "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            return publicBlob
        case "ssh-rsa":
            // libssh2 1.10 takes the signature's algorithm from the blob's first string, and a
            // server since OpenSSH 8.8 takes an RSA signature with SHA-2 only.
            var writer = WireWriter()
            writer.string(Array("rsa-sha2-512".utf8))
            return writer.bytes + publicBlob.dropFirst(4 + key.type.utf8.count)
        default: return nil
        }
    }

    /// The order of the offers: the configured files first, then what else the agent holds.
    ///
    /// A server hangs up after a few wrong keys (MaxAuthTries, by default 6), so those that the
    /// operator named come first. A file whose key the agent holds is signed for by the agent, which
    /// asks for no passphrase.
    static func ordered(
        files: [PrivateKeyFile],
        agentKeys: [AgentKey]
    ) -> [AuthenticationCandidate] {
        var candidates: [AuthenticationCandidate] = []
        for file in files {
            // Without a public part, only unlocking tells which key it is.
            guard let blob = file.publicBlob else {
                candidates.append(
                    AuthenticationCandidate(label: file.path, publicBlob: [], source: .file(file))
                )
                continue
            }
            let agentKey = agentKeys.first { $0.blob == blob }
            candidates.append(
                AuthenticationCandidate(
                    label: agentKey == nil ? file.path : "\(file.path) (in the agent)",
                    publicBlob: blob,
                    source: agentKey.map(Source.agent) ?? .file(file)
                )
            )
        }
        let named = Set(candidates.map(\.publicBlob))
        for key in agentKeys where !named.contains(key.blob) {
            candidates.append(
                AuthenticationCandidate(
                    label: "agent key \(key.comment)",
                    publicBlob: key.blob,
                    source: .agent(key)
                )
            )
        }
        return candidates
    }
}
