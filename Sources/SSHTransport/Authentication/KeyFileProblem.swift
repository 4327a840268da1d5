/// Why a private key file cannot be used.
enum KeyFileProblem: Error, Equatable {
    case unreadable(String)
    /// Others may read it; the permission bits.
    case tooOpen(UInt32)
    case notAPrivateKey
    case damaged(String)
    case unsupported(String)
    case passphraseNeeded
    case wrongPassphrase
}

extension KeyFileProblem: CustomStringConvertible {
    var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .tooOpen(let mode):
            "others may read it (mode 0\(String(mode, radix: 8))): not used; chmod 600 it"
        case .notAPrivateKey: "is not a private key"
        case .damaged(let reason): "is damaged: \(reason)"
        case .unsupported(let what):
            "has \(what), which is not supported: load it into the SSH agent"
        case .passphraseNeeded: "needs a passphrase and none was given"
        case .wrongPassphrase: "the passphrase is wrong"
        }
    }
}
