package import EtcdModel
package import RemoteHost

/// etcdctl on a member's host, asking that member.
package struct EtcdClient: Sendable, Hashable {
    let program: String
    let endpoint: String
    let tls: ClientTLS?
    /// nil to ask without a user's name: as the client certificate says, or as nobody.
    package let login: EtcdLogin?

    package init(
        program: String,
        endpoint: String,
        tls: ClientTLS?,
        login: EtcdLogin? = nil
    ) {
        self.program = program
        self.endpoint = endpoint
        self.tls = tls
        self.login = login
    }

    /// nil where the member has no client URL.
    package init?(target: MemberTarget) {
        guard let endpoint = target.member.clientURLs.first else { return nil }
        self.init(
            program: target.tools.etcdctl,
            endpoint: endpoint,
            tls: target.clientTLS,
            login: target.login
        )
    }

    /// The same without a user's name.
    package var anonymous: EtcdClient {
        EtcdClient(program: program, endpoint: endpoint, tls: tls)
    }

    /// The words of one call.
    ///
    /// Nothing of the host's environment reaches the program: a stray `ETCDCTL_ENDPOINTS` would ask
    /// somebody else.
    package func words(_ arguments: [String], timeoutSeconds: Int) -> [String] {
        var words = login.map(EtcdPassword.words) ?? Self.cleanEnvironment + ["ETCDCTL_API=3"]
        words += [
            program, "--endpoints=\(endpoint)", "--command-timeout=\(timeoutSeconds)s",
            "--dial-timeout=\(min(timeoutSeconds, 10))s",
        ]
        if let cacert = tls?.cacert { words.append("--cacert=\(cacert)") }
        if let cert = tls?.cert { words.append("--cert=\(cert)") }
        if let key = tls?.key { words.append("--key=\(key)") }
        return words + arguments
    }

    /// The same as variables, for a command of somebody's own that asks the cluster.
    package var environment: [String] {
        var words =
            login.map(EtcdPassword.words).map { $0 + ["env"] }
            ?? Self.cleanEnvironment + ["ETCDCTL_API=3"]
        words.append("ETCDCTL_ENDPOINTS=\(endpoint)")
        if let cacert = tls?.cacert { words.append("ETCDCTL_CACERT=\(cacert)") }
        if let cert = tls?.cert { words.append("ETCDCTL_CERT=\(cert)") }
        if let key = tls?.key { words.append("ETCDCTL_KEY=\(key)") }
        return words
    }

    package func statusWords(timeoutSeconds: Int) -> [String] {
        words(["endpoint", "status", "-w", "json"], timeoutSeconds: timeoutSeconds)
    }

    package func status(timeoutSeconds: Int) -> RemoteCommand {
        command(statusWords(timeoutSeconds: timeoutSeconds))
    }

    /// One call, with what it needs to log in.
    package func command(_ words: [String], endsWithConnection: Bool = false) -> RemoteCommand {
        RemoteCommand(words, endsWithConnection: endsWithConnection, secret: secret)
    }

    /// What a command that calls this client must be given.
    package var secret: SecretVariable? { login?.secret }

    /// Asks for what only the role root may know, and costs etcd nothing.
    ///
    /// The proof asks for the data hash. etcd looks at the user first and at the revision next, so a
    /// revision that no cluster reaches is refused without a single key being read (`HashByRev`,
    /// server/storage/mvcc/kvstore.go of 3.4 and 3.5).
    ///
    /// An etcd that waits for its quorum does not open its port for clients: it is not waited for.
    package var accessQuestion: RemoteCommand {
        command(hashKV(revision: .max, timeoutSeconds: 5))
    }

    private static let cleanEnvironment = [
        "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]

    /// nil for the newest revision.
    package func hashKV(revision: Int64?, timeoutSeconds: Int = slowSeconds) -> [String] {
        words(
            ["endpoint", "hashkv"] + (revision.map { ["--rev=\($0)"] } ?? []) + ["-w", "json"],
            timeoutSeconds: timeoutSeconds
        )
    }

    /// `localOnly` asks the member for what it has itself: it answers without a quorum, too.
    package func keyCount(revision: Int64, localOnly: Bool = false) -> [String] {
        words(
            // 3.4 has no --count-only; the count is of all keys, whatever the limit
            ["get", "", "--prefix", "--keys-only", "--limit=1", "--rev=\(revision)"]
                + (localOnly ? ["--consistency=s"] : []) + ["-w", "fields"],
            timeoutSeconds: Self.slowSeconds
        )
    }

    /// Works without a quorum, as long as the process answers.
    package func saveSnapshot(_ path: String) -> [String] {
        words(["snapshot", "save", path], timeoutSeconds: 600)
    }

    package var alarms: [String] { words(["alarm", "list", "-w", "json"], timeoutSeconds: 10) }

    /// Reads its transaction on standard input.
    package var transaction: [String] { words(["txn", "-w", "json"], timeoutSeconds: 10) }

    /// A put behind a comparison that never holds, whatever keys there are: it goes through consensus
    /// as any write does, and changes neither the revision nor the data.
    package static let writeOfNothing = """
        version("rekindle/never") < "0"

        put rekindle/never x

        get rekindle/never


        """

    /// Hashing or counting gigabytes takes a while on a cold page cache.
    package static let slowSeconds = 120
}
