/// What is offered in the key exchange, best first.
///
/// libssh2 drops the names it does not know, so a newer one than 1.10 takes part in full.
enum AlgorithmPreferences {
    /// Without group1 and the SHA-1 group exchange.
    static let keyExchange = [
        "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512",
        "diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1",
    ]

    /// AES-CTR is the fastest that libssh2 has; its GCM (since 1.11) costs a third more.
    static let ciphers = ["aes128-ctr", "aes256-ctr", "aes192-ctr"]

    static let macs = [
        "hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com", "hmac-sha1",
    ]

    /// The host key algorithms, with those first for which known_hosts has a key.
    ///
    /// Otherwise a host with several keys could answer with one that is not in the file.
    static func hostKeys(knownTypes: [String]) -> [String] {
        let algorithms = [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
            "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa",
        ]
        let isKnown = { (algorithm: String) in
            knownTypes.contains(algorithm.hasPrefix("rsa-") ? "ssh-rsa" : algorithm)
        }
        return algorithms.filter(isKnown) + algorithms.filter { !isKnown($0) }
    }
}
