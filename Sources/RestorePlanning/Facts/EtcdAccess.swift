package import EtcdModel
package import RemoteHost

/// What a member that serves answered to the question that only the role root may ask.
package enum EtcdAccess: Sendable, Hashable {
    /// It would tell its data hash. Whether authentication is on, nil if the answer does not say.
    case granted(authenticationIsOn: Bool?)
    case refused(Reason)
    /// No answer to a user with a password: etcd checks it through consensus, so a member without a
    /// quorum cannot let anybody in. The last words of etcdctl.
    case silent(String)

    package enum Reason: Sendable, Hashable, CaseIterable {
        /// Authentication is on, and no user was named.
        case noUser
        /// No such user, or another password.
        case wrongPassword
        /// A user without the role root.
        case notRoot
    }

    /// nil where the answer says nothing of access: etcd is not up, or is not reached.
    package init?(_ result: CommandResult, as login: EtcdLogin?) {
        let text = result.outputText + "\n" + result.errorText
        if let reason = Reason(text) {
            self = .refused(reason)
        } else if text.contains("required revision is a future revision") || result.isSuccess {
            // etcdctl logs in first, and goes on without where it is told this
            let isOff = text.contains("authentication is not enabled")
            self = .granted(authenticationIsOn: isOff ? false : login == nil ? nil : true)
        } else if login != nil {
            self = .silent(result.lastLines(1))
        } else {
            return nil
        }
    }
}

extension EtcdAccess.Reason {
    package init?(_ text: String) {
        switch EtcdRefusal(text) {
        case .noCredentials: self = .noUser
        case .wrongCredentials: self = .wrongPassword
        case .permissionDenied: self = .notRoot
        default: return nil
        }
    }
}

/// The name in a client certificate, which is a user of etcd where no other is named.
package enum CertificateName {
    /// Prints the common name; nothing without openssl.
    package static func look(_ certificate: String) -> RemoteCommand {
        .script(
            """
            command -v openssl >/dev/null 2>&1 || exit 0
            openssl x509 -noout -subject -nameopt multiline,utf8,-esc_msb -in "$1" 2>/dev/null \\
            | sed -n 's/^ *commonName *= //p' | tail -n 1
            """,
            [certificate]
        )
    }

    package static func read(_ result: CommandResult) -> String? {
        let line = result.outputText.split(separator: "\n").first.map(String.init)
        return result.isSuccess ? line : nil
    }
}
