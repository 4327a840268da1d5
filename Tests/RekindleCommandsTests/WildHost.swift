import ClusterInventory
import Foundation
import RemoteHost
import RestorePlanning

@testable import RekindleCommands

/// etcd as others set it up, in the words that the look at such a host prints.
enum WildHost: String, CaseIterable {
    /// A static pod, as kubeadm 1.28 writes it; the data is elsewhere on the host.
    case kubeadm
    /// Debian's etcd-server: flags in /etc/default/etcd, most of the file comments.
    case debian
    /// kubespray's etcd of the host: /etc/etcd.env.
    case kubespray
    /// `etcd --config-file /etc/etcd/etcd.conf.yml`, with an environment that etcd then ignores.
    case configFile = "config-file"
    /// The same where only root may read the file.
    case unreadableFile = "unreadable-file"

    static let host = "10.0.0.1"

    var service: ServiceSettings {
        self == .kubeadm
            ? ServiceSettings(kind: .staticPod, manifest: "/etc/kubernetes/manifests/etcd.yaml")
            : ServiceSettings(unit: "etcd.service")
    }

    /// Whether the files are there, and can be read by who looks.
    func has(_ files: ClientTLS) -> Bool {
        let folder =
            switch self {
            case .kubeadm: "/etc/kubernetes/"
            case .kubespray: "/etc/ssl/etcd/"
            case .configFile: "/etc/etcd/"
            case .debian, .unreadableFile: "/nowhere/"
            }
        return [files.cacert, files.cert, files.key].allSatisfy { $0?.hasPrefix(folder) != false }
    }

    private var isRoot: Bool { self != .unreadableFile }

    private var system: [String] {
        func blob(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        func unit(_ start: String, _ file: (path: String, text: String)? = nil) -> [String] {
            let named = file.map { "EnvironmentFile=-\($0.path)\n" } ?? ""
            return ["unit=\(blob("[Service]\nUser=etcd\n\(named)ExecStart=\(start)\n"))"]
                + (file.map {
                    ["variables.1.path=\($0.path)", "variables.1.text=\(blob($0.text))"]
                } ?? [])
        }
        switch self {
        case .kubeadm: return ["manifest=\(blob(Self.manifest))"]
        case .debian:
            return unit("/usr/bin/etcd $DAEMON_ARGS", ("/etc/default/etcd", Self.defaults))
        case .kubespray: return unit("/usr/local/bin/etcd", ("/etc/etcd.env", Self.etcdEnv))
        case .configFile:
            return unit(
                "/usr/bin/etcd --config-file /etc/etcd/etcd.conf.yml",
                ("/etc/default/etcd", "ETCD_NAME=ignored\nETCD_DATA_DIR=/ignored")
            )
        case .unreadableFile:
            return unit("/usr/bin/etcd --config-file=/etc/etcd/etcd.conf.yml")
        }
    }

    /// What the third look prints: the files that the settings name.
    private var named: String {
        let text = self == .configFile ? Data(Self.file.utf8).base64EncodedString() : nil
        return (text.map { "file.1=\($0)\n" } ?? "") + "end=yes"
    }

    /// What the looks at the host print, read as they are on any host.
    func facts() -> HostFacts? {
        let manager = Systemd(unit: "etcd.service")
        let lines =
            [
                "host=cp-1", "uid=\(isRoot ? 0 : 1000)", "tool.etcdctl=/usr/bin/etcdctl",
                "service.LoadState=loaded", "service.ActiveState=inactive", "service.User=etcd",
                "service.Group=etcd",
            ] + system + ["end=yes"]
        guard var system = SystemFacts(lines.joined(separator: "\n"), manager: manager) else {
            return nil
        }
        if !system.wantedFiles.isEmpty { system.take(named) }
        var facts = HostFacts(
            hostname: system.hostname,
            isRoot: system.isRoot,
            clockOffset: .zero,
            tools: system.tools,
            unit: system.unit,
            configuration: system.configuration,
            dataDir: nil,
            walDir: nil,
            observation: nil,
            missingTLSFile: nil,
            live: nil
        )
        guard let path = system.configuration["data-dir"] else { return facts }
        let owner = self == .kubeadm ? "root root" : "etcd etcd"
        let directories = DirectoriesFacts(
            """
            data.path=\(path)
            data.real=\(path)
            data.exists=yes
            data.owner=\(owner) 700
            end=yes
            """
        )
        facts.dataDir = directories?.data
        return facts
    }
}

extension WildHost {
    private static let manifest = """
        apiVersion: v1
        kind: Pod
        metadata:
          annotations:
            kubeadm.kubernetes.io/etcd.advertise-client-urls: https://10.0.0.1:2379
          labels: {component: etcd, tier: control-plane}
          name: etcd
          namespace: kube-system
        spec:
          containers:
          - command:
            - etcd
            - --advertise-client-urls=https://10.0.0.1:2379
            - --cert-file=/etc/kubernetes/pki/etcd/server.crt
            - --client-cert-auth=true
            - --data-dir=/var/lib/etcd
            - --initial-advertise-peer-urls=https://10.0.0.1:2380
            - --initial-cluster=cp-1=https://10.0.0.1:2380
            - --key-file=/etc/kubernetes/pki/etcd/server.key
            - --listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379
            - --listen-metrics-urls=http://127.0.0.1:2381
            - --name=cp-1
            - --peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
            - --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
            image: registry.k8s.io/etcd:3.5.16-0
            name: etcd
            volumeMounts:
            - {mountPath: /var/lib/etcd, name: etcd-data}
            - {mountPath: /etc/kubernetes/pki/etcd, name: etcd-certs}
          hostNetwork: true
          volumes:
          - hostPath: {path: /etc/kubernetes/pki/etcd, type: DirectoryOrCreate}
            name: etcd-certs
          - hostPath: {path: /srv/etcd, type: DirectoryOrCreate}
            name: etcd-data
        """

    private static let defaults = """
        ETCD_NAME="db-1"
        ETCD_DATA_DIR="/var/lib/etcd/default"
        ETCD_LISTEN_PEER_URLS="http://10.0.0.1:2380"
        ETCD_LISTEN_CLIENT_URLS="http://localhost:2379,http://10.0.0.1:2379"
        ETCD_INITIAL_ADVERTISE_PEER_URLS="http://10.0.0.1:2380"
        ETCD_ADVERTISE_CLIENT_URLS="http://10.0.0.1:2379"
        ETCD_INITIAL_CLUSTER_TOKEN="etcd-cluster"
        """

    private static let etcdEnv = """
        ETCD_DATA_DIR=/var/lib/etcd
        ETCD_ADVERTISE_CLIENT_URLS=https://10.0.0.1:2379
        ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.1:2380
        ETCD_INITIAL_CLUSTER_STATE=existing
        ETCD_METRICS=basic
        ETCD_LISTEN_CLIENT_URLS=https://10.0.0.1:2379,https://127.0.0.1:2379
        ETCD_INITIAL_CLUSTER_TOKEN=k8s_etcd
        ETCD_LISTEN_PEER_URLS=https://10.0.0.1:2380
        ETCD_NAME=etcd1
        ETCD_PROXY=off
        ETCD_TRUSTED_CA_FILE=/etc/ssl/etcd/ssl/ca.pem
        ETCD_CERT_FILE=/etc/ssl/etcd/ssl/member-cp-1.pem
        ETCD_KEY_FILE=/etc/ssl/etcd/ssl/member-cp-1-key.pem
        ETCD_CLIENT_CERT_AUTH=true
        """

    private static let file = """
        # This is the configuration file for the etcd server.
        name: 'db-1'
        data-dir: /data/etcd
        wal-dir:
        initial-advertise-peer-urls: https://10.0.0.1:2380
        advertise-client-urls: https://10.0.0.1:2379
        initial-cluster-token: 'etcd-cluster'
        client-transport-security:
          cert-file: /etc/etcd/server.crt
          key-file: /etc/etcd/server.key
          client-cert-auth: true
          trusted-ca-file: /etc/etcd/ca.crt
        """
}
