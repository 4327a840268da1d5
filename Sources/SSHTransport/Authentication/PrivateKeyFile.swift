/// A private key file of the operator, as far as it can be read without its passphrase.
struct PrivateKeyFile {
    let path: String
    private let content: Content

    private enum Content {
        case openSSH(OpenSSHPrivateKey)
        case pem(String)
        /// Only the `.pub` file can be used: the private key must be in the agent.
        case publicOnly(KeyFileProblem)
    }

    /// From the private file where it has it in the clear, else from the `.pub` file beside it.
    private(set) var publicBlob: [UInt8]?
    /// From the `-cert.pub` file beside it.
    let certificate: UserCertificate?

    init(path: String) throws(KeyFileProblem) {
        self.path = path
        let beside = Self.publicKey(in: path + ".pub")
        certificate = Self.publicKey(in: path + "-cert.pub").flatMap(UserCertificate.init)
        let text: String
        do throws(KeyFileProblem) {
            text = try Self.text(of: path)
        } catch {
            guard let beside else { throw error }
            publicBlob = beside
            content = .publicOnly(error)
            return
        }
        if OpenSSHPrivateKey.isIn(text) {
            let key = try OpenSSHPrivateKey(text)
            publicBlob = key.publicBlob
            content = .openSSH(key)
        } else {
            content = .pem(text)
            publicBlob =
                PEMPrivateKey.isEncrypted(text)
                ? beside : try PEMPrivateKey.unlocked(text, with: nil).publicBlob
        }
    }

    var needsPassphrase: Bool {
        switch content {
        case .openSSH(let key): key.isEncrypted
        case .pem(let text): PEMPrivateKey.isEncrypted(text)
        case .publicOnly: false
        }
    }

    func unlocked(with passphrase: String?) throws(KeyFileProblem) -> SigningKey {
        switch content {
        case .openSSH(let key): return try key.unlocked(with: passphrase)
        case .pem(let text): return try PEMPrivateKey.unlocked(text, with: passphrase)
        case .publicOnly(.unreadable(let reason)):
            throw .unreadable("\(reason); there is its .pub file, and no such agent key")
        case .publicOnly(let problem): throw problem
        }
    }

    private static func publicKey(in path: String) -> [UInt8]? {
        guard let text = try? TextFile(path: path).text else { return nil }
        let words = text.split { $0 == " " || $0 == "\t" || $0.isNewline }
        return words.count >= 2 ? Base64.decode(words[1]) : nil
    }

    private static func text(of path: String) throws(KeyFileProblem) -> String {
        let file: TextFile
        do throws(TextFile.Unreadable) {
            file = try TextFile(path: path)
        } catch {
            throw .unreadable(error.reason)
        }
        // As ssh: a key that others could have read is not used.
        guard file.mode & 0o077 == 0 else { throw .tooOpen(file.mode) }
        return file.text
    }
}
