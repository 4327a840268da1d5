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

    /// AES-CTR is the fastest that libssh2 has; its GCM (since 1.11) costs a third more.
    ///
    /// CBC, 3DES and arcfour are never offered.
    var ciphers: [String] { ["aes128-ctr", "aes256-ctr", "aes192-ctr"] }

    var macs: [String] {
        [
            "hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-512-etm@openssh.com",
        ] + (withSHA1 ? ["hmac-sha1"] : [])
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
