import CLibSSH2

/// A key that is offered to the server.
struct AuthenticationCandidate {
    enum Source {
        case file(PrivateKeyFile)
        case agent(AgentKey)
    }

    /// For messages: the file's path, or the agent's comment.
    var label: String
    /// As it stands in a `.pub` or `-cert.pub` file.
    var publicBlob: [UInt8]
    var source: Source
    /// nil for a plain key.
    var certificate: UserCertificate? { UserCertificate(blob: publicBlob) }

    /// The blob as libssh2 has to be given it.
    ///
    /// - Returns: nil for a type that cannot be used.
    var offeredBlob: [UInt8]? {
        guard let key = HostKey(blob: publicBlob) else { return nil }
        switch key.type {
        case "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            return publicBlob
        case "ecdsa-sha2-nistp256-cert-v01@openssh.com",
            "ecdsa-sha2-nistp384-cert-v01@openssh.com",
            "ecdsa-sha2-nistp521-cert-v01@openssh.com":
            return publicBlob
        case "ssh-ed25519-cert-v01@openssh.com":
            return Self.namesSignaturesOfCertificates ? publicBlob : nil
        case "ssh-rsa":
            // libssh2 1.10 takes the signature's algorithm from the blob's first string, and a
            // server since OpenSSH 8.8 takes an RSA signature with SHA-2 only.
            var writer = WireWriter()
            writer.string(Array("rsa-sha2-512".utf8))
            return writer.bytes + publicBlob.dropFirst(4 + key.type.utf8.count)
        default: return nil
        }
    }

    /// What to have certified instead; nil for a type that can be used.
    var certificateHint: String? {
        guard certificate != nil, offeredBlob == nil else { return nil }
        return "make an ECDSA key (ssh-keygen -t ecdsa), have its certificate signed by the same "
            + "authority, and name that key in identity-files; or add the plain key to "
            + "authorized_keys on the host for the time of the restore"
    }

    /// Whether libssh2 signs under the plain key's name where an Ed25519 certificate is offered.
    ///
    /// 1.10 knows only ECDSA's, and puts the certificate's name into the signature of others, which
    /// sshd then refuses.
    static var namesSignaturesOfCertificates: Bool {
        unsafe libssh2_version(0x01_0b00) != nil
    }

    /// The order of the offers: the configured files first, then what else the agent holds.
    ///
    /// A server hangs up after a few wrong keys (MaxAuthTries, by default 6), so those that the
    /// operator named come first. A file whose key the agent holds is signed for by the agent, which
    /// asks for no passphrase. A key's certificate goes before the key, as OpenSSH has it. With
    /// `onlyNamed` (IdentitiesOnly) the agent's other keys stay away.
    static func ordered(
        files: [PrivateKeyFile],
        agentKeys: [AgentKey],
        onlyNamed: Bool = false
    ) -> [AuthenticationCandidate] {
        var candidates: [AuthenticationCandidate] = []
        for file in files {
            if let certificate = file.certificate {
                // the agent signs with either
                let agentKey = agentKeys.first {
                    $0.blob == certificate.blob || $0.blob == certificate.publicBlob
                }
                candidates.append(
                    AuthenticationCandidate(
                        label: "the certificate of \(file.path)",
                        publicBlob: certificate.blob,
                        source: agentKey.map(Source.agent) ?? .file(file)
                    )
                )
            }
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
        if onlyNamed { return candidates }
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
