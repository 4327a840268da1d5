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

extension KeyFileProblem {
    /// What to do about it; `file` is the key's path.
    func hint(_ file: String) -> String {
        switch self {
        case .unreadable, .notAPrivateKey, .damaged:
            "correct identity-files in the inventory, or leave it out and ssh-add the key"
        case .tooOpen: "chmod 600 \(file)"
        case .unsupported: "ssh-add \(file), and run rekindle where SSH_AUTH_SOCK is set"
        case .passphraseNeeded:
            "run rekindle at a terminal, where it asks for it, or ssh-add \(file) before"
        case .wrongPassphrase: "try again, or ssh-add \(file) before"
        }
    }
}

extension KeyFileProblem: CustomStringConvertible {
    var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .tooOpen(let mode):
            "others may read it (mode 0\(String(mode, radix: 8))): not used"
        case .notAPrivateKey: "is not a private key"
        case .damaged(let reason): "is damaged: \(reason)"
        case .unsupported(let what):
            "has \(what), which is not supported: load it into the SSH agent"
        case .passphraseNeeded: "needs a passphrase and none was given"
        case .wrongPassphrase: "the passphrase is wrong"
        }
    }
}
