package import ClusterInventory
package import EtcdModel

/// Whether etcd lets Rekindle in: now, and after the restore.
enum AuthenticationChecks {
    static let name = "authentication"
    static let nameOfSnapshot = "snapshot auth"

    /// Judges what the member answered to the question that only the role root may ask; nil where no
    /// etcd was asked.
    ///
    /// It is needed where the running etcd is asked for more than its status.
    static func serving(
        _ member: InventoryMember,
        _ facts: HostFacts,
        isNeeded: Bool = true
    ) -> Check? {
        guard let access = facts.access else { return nil }
        func check(_ verdict: Check.Verdict, _ saw: String, hint: String? = nil) -> Check {
            Check(name, member: member.member.name, verdict, saw, hint: hint)
        }
        let login = member.etcd.login
        switch access {
        case .granted(let isOn):
            return check(.holds, granted(login, isOn: isOn, member))
        case .refused(let reason):
            return check(
                isNeeded ? .fails : .warns,
                reason.words(member),
                hint: reason.hint(login)
            )
        case .silent(let words):
            return check(
                .warns,
                "the user \(login?.user ?? "") cannot log in, so no snapshot of what runs can be saved"
                    + (words.isEmpty ? "" : ": \(words)"),
                hint:
                    "etcd checks a password through consensus: a cluster without a quorum lets nobody "
                    + "in with one. A restore sets the old data aside all the same; a client "
                    + "certificate of a user with the role root needs no quorum"
            )
        }
    }

    private static func granted(
        _ login: EtcdLogin?,
        isOn: Bool?,
        _ member: InventoryMember
    ) -> String {
        switch (login, isOn) {
        case (let login?, false): "off: the user \(login.user) is not needed now"
        case (let login?, _): "on: the user \(login.user) is let in, and has the role root"
        case (nil, _):
            member.etcd.cert == nil
                ? "no user is needed" : "no user's name is needed, with the client certificate"
        }
    }

    /// Judges whether the restored cluster will let Rekindle in: its users are those of the snapshot.
    ///
    /// Passwords are not judged: the snapshot has them as bcrypt. A wrong one ends the proof at once.
    static func snapshot(
        _ snapshot: SnapshotProof,
        _ members: [(member: InventoryMember, facts: HostFacts?)],
        byCertificate: Bool = true
    ) -> [Check] {
        guard snapshot.authEnabled else { return [] }
        let judged = members.map { member, facts in
            judge(snapshot, member, byCertificate ? facts : nil, byCertificate: byCertificate)
        }
        // most inventories have one user for all
        var said: Set<Check> = []
        let all = judged.map { check in
            let isAlike = judged.allSatisfy {
                $0.saw == check.saw && $0.verdict == check.verdict && $0.hint == check.hint
            }
            var check = check
            if isAlike { check.member = nil }
            return check
        }
        return all.filter { said.insert($0).inserted }
    }

    private static func judge(
        _ snapshot: SnapshotProof,
        _ member: InventoryMember,
        _ facts: HostFacts?,
        byCertificate: Bool
    ) -> Check {
        func check(_ verdict: Check.Verdict, _ saw: String, hint: String? = nil) -> Check {
            Check(nameOfSnapshot, member: member.member.name, verdict, saw, hint: hint)
        }
        let isOn = "authentication is on in the snapshot"
        let roots = snapshot.rootUsers
        if let login = member.etcd.login {
            guard roots?.contains(login.user) != false else {
                return check(
                    .fails,
                    "\(isOn), and its user \(login.user) "
                        + "is missing or has not the role root; \(told(roots))",
                    hint:
                        "the restored cluster has the users of the snapshot: name one of those as "
                        + "auth-user under `etcd` in the inventory"
                )
            }
            return check(
                .warns,
                "\(isOn): users, roles and passwords will be those of its time, and \(login.user) logs "
                    + "in with the password of then",
                hint:
                    "if it was changed since, put the one of then into \(login.passwordFile); in a "
                    + "cluster that serves, set it with `etcdctl user passwd \(login.user)` first"
            )
        }
        guard byCertificate, member.etcd.cert != nil else {
            return check(
                .fails,
                "\(isOn), and the inventory names no user: the restored cluster would refuse the proof",
                hint:
                    "set auth-user and auth-password-file under `etcd` in the inventory to a user with "
                    + "the role root; \(told(roots))"
            )
        }
        return byName(check, isOn, roots, facts)
    }

    /// The client certificate stands for the user that it names, if etcd is told to look at it.
    private static func byName(
        _ check: (Check.Verdict, String, String?) -> Check,
        _ isOn: String,
        _ roots: [String]?,
        _ facts: HostFacts?
    ) -> Check {
        let hint =
            "set auth-user and auth-password-file under `etcd` in the inventory, or the "
            + "certificate of a user with the role root; \(told(roots))"
        let looks = facts.map { looksAtCertificates($0) } ?? nil
        // a flag that was not seen may be there: what a running etcd says counts more
        if looks == false || looks == nil && facts?.refusal == .noUser {
            return check(
                .fails,
                "\(isOn), and etcd takes no user from a client certificate: the unit does not set "
                    + "client-cert-auth",
                hint
            )
        }
        guard let name = facts?.certificateName else {
            return check(
                .warns,
                "\(isOn): the client certificate must be of a user with the role root, and whose it is "
                    + "cannot be told before the proof",
                "`openssl x509 -noout -subject -in` its file on the host; \(told(roots))"
            )
        }
        guard roots?.contains(name) != false else {
            return check(
                .fails,
                "\(isOn), and \(name), whom the client certificate names, is missing there or has not "
                    + "the role root",
                hint
            )
        }
        return check(
            .warns,
            "\(isOn): users, roles and passwords will be those of its time; the client certificate "
                + "names \(name), who has the role root there",
            looks == true ? nil : "etcd must run with client-cert-auth: it was not seen in the unit"
        )
    }

    /// nil where nothing was said of it.
    private static func looksAtCertificates(_ facts: HostFacts) -> Bool? {
        // as Go reads a flag (strconv.ParseBool)
        facts.configuration["client-cert-auth"].map {
            ["1", "t", "true"].contains($0.lowercased())
        }
    }

    private static func told(_ roots: [String]?) -> String {
        guard let roots else { return "who has the role root in it is not known" }
        return roots.isEmpty
            ? "nobody has the role root in it"
            : "its users with the role root: \(roots.joined(separator: ", "))"
    }
}

extension EtcdAccess.Reason {
    /// Lower case, no final stop.
    package func words(_ member: InventoryMember) -> String {
        let login = member.etcd.login
        return switch self {
        case .noUser:
            "authentication is on, and "
                + (member.etcd.cert == nil
                    ? "the inventory names no user"
                    : "the client certificate stands for nobody (is client-cert-auth set?)")
        case .wrongPassword:
            "etcd does not take the password of the user \(login?.user ?? "")"
        case .notRoot:
            "the user \(login?.user ?? "of the client certificate") has not the role root"
        }
    }

    package func hint(_ login: EtcdLogin?) -> String {
        switch self {
        case .noUser:
            "set auth-user and auth-password-file under `etcd` in the inventory to a user with the role "
                + "root"
        case .wrongPassword:
            "write the password into \(login?.passwordFile ?? "auth-password-file"), or change it: "
                + "`etcdctl user passwd \(login?.user ?? "")`"
        case .notRoot:
            "`etcdctl user grant-role \(login?.user ?? "USER") root`, or name another user: a snapshot "
                + "and the proof's data hash are for that role alone"
        }
    }
}

extension HostFacts {
    /// Why etcd there lets nobody in; nil if it does, or was not asked.
    package var refusal: EtcdAccess.Reason? {
        if case .refused(let reason) = access { reason } else { nil }
    }

    /// Whether etcd there gives a snapshot of itself to whom the inventory names.
    var givesSnapshot: Bool {
        guard live != nil else { return false }
        return switch access {
        case nil, .granted: true
        case .refused, .silent: false
        }
    }
}
