import CLibSSH2

/// The algorithms that are offered in the key exchange, best first.
///
/// libssh2 drops the names it does not know, so a newer one than 1.10 takes part in full.
struct AlgorithmPreferences {
    /// Whether SHA-1 is offered as well, last: only by the inventory's `legacy: true`.
    var withSHA1 = false

    /// Without group1 and the SHA-1 group exchange, which no setting brings back.
    var keyExchange: [String] {
        [
            "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512",
            "diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha256",
            "diffie-hellman-group14-sha256",
        ] + (withSHA1 ? ["diffie-hellman-group14-sha1"] : [])
    }

    /// AES-CTR is the fastest that libssh2 has; its GCM (since 1.11) costs a third more, and is for
    /// hosts that allow nothing else.
    ///
    /// With a MAC over the ciphertext CTR is as safe (the Terrapin attack needs ChaCha20, or CBC with
    /// such a MAC). CBC, 3DES and arcfour are never offered.
    var ciphers: [String] { ["aes128-ctr", "aes256-ctr", "aes192-ctr"] + Self.gcm }

    private static let gcm = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"]
    private static let macsOfCiphertext = [
        "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
    ]

    /// Those over the ciphertext first, where libssh2 has them (since 1.11).
    var macs: [String] {
        Self.macsOfCiphertext + ["hmac-sha2-256", "hmac-sha2-512"] + (withSHA1 ? ["hmac-sha1"] : [])
    }

    /// The host key algorithms, with those first for which known_hosts has a key.
    ///
    /// Otherwise a host with several keys could answer with one that is not in the file.
    func hostKeys(knownTypes: [String]) -> [String] {
        let algorithms =
            [
                "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
                "rsa-sha2-512", "rsa-sha2-256",
            ] + (withSHA1 ? ["ssh-rsa"] : [])
        let isKnown = { (algorithm: String) in
            knownTypes.contains(algorithm.hasPrefix("rsa-") ? "ssh-rsa" : algorithm)
        }
        return algorithms.filter(isKnown) + algorithms.filter { !isKnown($0) }
    }

    /// What would close a gap, and is missing in this machine's libssh2 alone.
    static func lackedByLibrary(_ gap: AlgorithmGap) -> [String] {
        let newer =
            switch gap.category {
            case .keyExchange: [String]()
            case .hostKey: ["rsa-sha2-512", "rsa-sha2-256"]
            case .cipherToServer, .cipherToClient: gcm
            case .macToServer, .macToClient: macsOfCiphertext
            }
        return newer.filter { gap.theirs.contains($0) && !gap.ours.contains($0) }
    }

    /// As it was found when the program began, "1.10.0".
    static var libraryVersion: String {
        unsafe libssh2_version(0).map { unsafe String(cString: $0) } ?? ""
    }

    /// Whether a gap would be closed by what `legacy: true` adds.
    static func hasLegacy(for gap: AlgorithmGap) -> Bool {
        switch gap.category {
        case .keyExchange: gap.theirs.contains("diffie-hellman-group14-sha1")
        case .hostKey: gap.theirs.contains("ssh-rsa")
        case .cipherToServer, .cipherToClient: false
        case .macToServer, .macToClient: gap.theirs.contains("hmac-sha1")
        }
    }
}
