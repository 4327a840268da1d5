import ClusterInventory
package import RemoteHost

/// Files with which etcdctl may be let in on a host.
package struct ClientFiles: Sendable, Hashable {
    package var tls: ClientTLS
    /// Whether etcdctl was let in with them.
    package var isProven: Bool

    package init(_ tls: ClientTLS, isProven: Bool) {
        self.tls = tls
        self.isProven = isProven
    }
}

extension ClientFiles {
    /// What to try on a host, the best first: the ones that are made for it where kubeadm and
    /// kubespray put them, then etcd's own, which are often good for clients too.
    ///
    /// A member that speaks plain HTTP needs none.
    package static func candidates(_ facts: HostFacts, clientURL: String?) -> [ClientTLS] {
        let none = ClientTLS(cacert: nil, cert: nil, key: nil)
        guard clientURL?.hasPrefix("http://") != true else { return [none] }
        let ca = facts.configuration["trusted-ca-file"]
        var candidates: [ClientTLS] = []
        let kubeadm = "/etc/kubernetes/pki/etcd"
        for name in ["healthcheck-client", "server"] {
            candidates.append(
                ClientTLS(
                    cacert: "\(kubeadm)/ca.crt",
                    cert: "\(kubeadm)/\(name).crt",
                    key: "\(kubeadm)/\(name).key"
                )
            )
        }
        let kubespray = "/etc/ssl/etcd/ssl"
        candidates.append(
            ClientTLS(
                cacert: "\(kubespray)/ca.pem",
                cert: "\(kubespray)/admin-\(facts.hostname).pem",
                key: "\(kubespray)/admin-\(facts.hostname)-key.pem"
            )
        )
        for prefix in ["", "peer-"] {
            guard let cert = facts.configuration["\(prefix)cert-file"],
                let key = facts.configuration["\(prefix)key-file"]
            else { continue }
            candidates.append(
                ClientTLS(
                    cacert: facts.configuration["\(prefix)trusted-ca-file"] ?? ca,
                    cert: cert,
                    key: key
                )
            )
        }
        if let ca { candidates.append(ClientTLS(cacert: ca, cert: nil, key: nil)) }
        return candidates
    }

    /// Prints the number of each candidate whose files are all there and can be read.
    package static func look(for candidates: [ClientTLS]) -> RemoteCommand {
        .script(
            """
            n=0
            while [ $# -ge 3 ]; do
              if { [ -z "$1" ] || [ -r "$1" ]; } && { [ -z "$2" ] || [ -r "$2" ]; } \\
            && { [ -z "$3" ] || [ -r "$3" ]; }; then echo "$n"; fi
              n=$((n + 1)); shift 3
            done
            echo end
            """,
            candidates.flatMap { [$0.cacert ?? "", $0.cert ?? "", $0.key ?? ""] }
        )
    }
}
