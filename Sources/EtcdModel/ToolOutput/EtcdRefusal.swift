/// Why etcd, or etcdctl, did not answer a question.
///
/// One list for the proof and for the checks that ask beforehand what the proof will ask. Wordings are
/// those of api/v3rpc/rpctypes/error.go and server/auth/store.go of 3.4 to 3.7, and gRPC's own.
package enum EtcdRefusal: String, Sendable, Hashable, CaseIterable {
    /// Authentication is on, and etcdctl was given nobody's name.
    case noCredentials = "user name is empty"
    /// No such user, or another password.
    case wrongCredentials = "authentication failed, invalid user ID or password"
    case permissionDenied = "permission denied"
    /// The revision that was asked for is not there any more.
    case compacted = "required revision has been compacted"
    /// The member is not there yet.
    case futureRevision = "required revision is a future revision"
    case unknownService = "unknown service"
    case unknownMethod = "unknown method"
    case noSpace = "database space exceeded"
    case corrupt = "corrupt cluster"
    /// This etcdctl does not know the question.
    case unknownFlag = "unknown flag"
    /// The certificate of etcd or of etcdctl is not trusted, or is for another name.
    case certificate = "x509: "

    /// nil for what is not known: a member that is not up yet, a timeout, no leader.
    ///
    /// "authentication is not enabled" is none: etcdctl says so on its way, where it was given a user that
    /// is not needed, and goes on without.
    package init?(_ output: String) {
        guard
            let found = Self.allCases.first(where: { refusal in
                refusal.wordings.contains { output.contains($0) }
            })
        else { return nil }
        self = found
    }

    /// A file that etcdctl may not read is another "permission denied" than etcd's.
    private var wordings: [String] {
        self == .permissionDenied ? ["etcdserver: ", "auth: "].map { $0 + rawValue } : [rawValue]
    }

    /// Whether the answer may be another one if etcd is asked again, with nothing changed by hand.
    package var mayChange: Bool {
        switch self {
        case .futureRevision: true
        case .noCredentials, .wrongCredentials, .permissionDenied, .compacted, .unknownService,
            .unknownMethod, .noSpace, .corrupt, .unknownFlag, .certificate:
            false
        }
    }

    /// What a person can do about it; nil if there is nothing to do.
    package var hint: String? {
        switch self {
        case .noCredentials:
            "authentication is on: give Rekindle a user with the role root, as `auth-user` and "
                + "`auth-password-file` under `etcd` in the inventory"
        case .wrongCredentials:
            "users and passwords are those of the data that etcd serves, after a restore those of the "
                + "snapshot's time: put that password into the file that `auth-password-file` names, "
                + "then go on"
        case .permissionDenied:
            "the user of etcdctl needs the role root: `etcdctl user grant-role USER root`"
        case .unknownService, .unknownMethod, .unknownFlag:
            "etcd or etcdctl there is too old for this question: see that both are 3.4 or later"
        case .noSpace: "`etcdctl alarm disarm` after its cause is mended"
        case .corrupt: "`rekindle member rebuild NAME` for the member that raised the alarm"
        case .certificate: "see to cacert, cert and key under `etcd` in the inventory"
        case .compacted, .futureRevision: nil
        }
    }
}
