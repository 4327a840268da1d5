/// How etcd is started and stopped on one host.
package struct ServiceSettings: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case systemd
        /// The kubelet runs it as long as its manifest is there.
        case staticPod = "static-pod"
        /// Whatever the operator's own commands start and stop.
        case commands
    }
    package var kind: Kind
    /// systemd's unit.
    package var unit: String
    /// A static pod's; nil for the other kinds.
    package var manifest: String?
    /// The operator's own; nil for the other kinds.
    package var commands: ServiceCommands?

    package init(
        kind: Kind = .systemd,
        unit: String = "etcd.service",
        manifest: String? = nil,
        commands: ServiceCommands? = nil
    ) {
        self.kind = kind
        self.unit = unit
        self.manifest = manifest
        self.commands = commands
    }

    /// Where kubeadm puts it.
    package static let usualManifest = "/etc/kubernetes/manifests/etcd.yaml"

    /// What a person calls it.
    package var title: String {
        switch kind {
        case .systemd: unit
        case .staticPod: "the static pod of \(manifest ?? Self.usualManifest)"
        case .commands: "etcd"
        }
    }

    /// What of it is the host's, in a few words.
    var told: String {
        commands.map { $0.start.joined(separator: " ") } ?? words.joined(separator: " ")
    }

    /// All that comes from the inventory and reaches a shell of the host.
    package var words: [String] {
        switch kind {
        case .systemd: [unit]
        case .staticPod: [manifest ?? Self.usualManifest]
        case .commands: commands?.words ?? []
        }
    }

    /// How a person asks for its log.
    package var logHint: String {
        switch kind {
        case .systemd: "`journalctl -u \(unit)`"
        case .staticPod: "`crictl logs` of its container"
        case .commands: "etcd's log"
        }
    }
}

/// The words of each command; run as root, without a shell.
package struct ServiceCommands: Sendable, Hashable, Codable {
    package var start: [String]
    package var stop: [String]
    /// Exits with 0 while etcd runs, with 1 to 3 while it does not.
    package var status: [String]
    /// Keeps it from being started by anybody else; empty for nothing.
    package var hold: [String]
    package var release: [String]

    package init(
        start: [String],
        stop: [String],
        status: [String],
        hold: [String] = [],
        release: [String] = []
    ) {
        self.start = start
        self.stop = stop
        self.status = status
        self.hold = hold
        self.release = release
    }

    var words: [String] { start + stop + status + hold + release }
}
