import ClusterInventory
import EtcdModel
import RemoteHost

/// The checks on how Rekindle gets to a host, and to root there.
struct AccessChecks {
    let member: InventoryMember
    let facts: HostFacts

    func all() -> [Check] { [recording, legacy].compactMap { $0 } }

    private var recording: Check? {
        let streams = facts.sudo.recorded
        guard !streams.isEmpty else { return nil }
        let user = member.endpoint.user
        let words = streams.map(\.rawValue).joined(separator: " and ")
        let what =
            streams.contains(.input) ? "the whole snapshot with every secret in it" : "what is read"
        return check(
            "sudo log",
            .warns,
            "sudo records the \(words) of \(user)'s commands in "
                + "\(facts.sudo.directory ?? "/var/log/sudo-io"): \(what) would be kept there",
            hint: "`rekindle inventory sudoers` prints a rule without (`!log_input, !log_output`)"
        )
    }

    private var legacy: Check? {
        guard member.endpoint.offersLegacy else { return nil }
        return check(
            "ssh",
            .warns,
            "algorithms with SHA-1 are offered to \(member.endpoint.host) (`legacy: true`)",
            hint: "once its sshd has newer ones, take `legacy` out of the inventory"
        )
    }

    private func check(
        _ name: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String
    ) -> Check {
        Check(name, member: member.member.name, verdict, saw, hint: hint)
    }
}
