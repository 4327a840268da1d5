/// A host's public key as SSH sends it: the raw blob, whose first string is the type.
struct HostKey: Hashable {
    let type: String
    let blob: [UInt8]

    /// - Returns: nil where the blob does not begin with a type.
    init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        guard let type = try? reader.text(), !type.isEmpty else { return nil }
        self.type = type
        self.blob = blob
    }

    /// `SHA256:…` without padding, as `ssh-keygen -l` prints it.
    var fingerprint: String {
        "SHA256:" + Base64.encode(Digest.sha256(blob)).prefix { $0 != "=" }
    }
}
