import ClusterInventory
import EtcdModel
import RemoteHost

/// The checks on what starts and stops a member.
struct ServiceChecks {
    let member: InventoryMember
    let facts: HostFacts
    /// The run whose hold may be replaced once its coordinator is gone.
    let takesOver: String?

    /// Whether it is there, and what it does now.
    var state: Check {
        switch member.service.kind {
        case .systemd: systemdUnit
        case .staticPod, .commands: otherService
        }
    }

    /// What keeps it down during the run is the manifest's absence, or the operator's own command.
    private var otherService: Check {
        guard facts.unit.isLoaded else {
            return check(
                "service",
                .fails,
                "\(member.service.title): \(facts.unit.activity.detail)",
                hint: member.service.kind == .staticPod
                    ? "set `manifest` under `service` in the inventory to etcd's on this host"
                    : "the status command must exit with 0 while etcd runs, with 1 to 3 while not"
            )
        }
        guard member.service.commands?.hold.isEmpty == true else {
            return check(
                "service",
                .holds,
                "\(member.service.title) is \(facts.unit.activity.detail)"
            )
        }
        return check(
            "service",
            .warns,
            "\(facts.unit.activity.detail); nothing keeps etcd from being started during the run",
            hint:
                "give `hold` and `release` under `service` in the inventory: commands that forbid a start, "
                + "and allow it again"
        )
    }

    private var systemdUnit: Check {
        facts.unit.isLoaded
            ? check(
                "unit",
                .holds,
                "\(member.service.unit) is \(facts.unit.activity.detail), "
                    + "Type=\(facts.unit.type), Restart=\(facts.unit.restart)"
            )
            : check(
                "unit",
                .fails,
                "\(member.service.unit) is \(facts.unit.loadState)",
                hint: facts.unit.loadState == "masked"
                    ? "unmask it with `systemctl unmask \(member.service.unit)`"
                    : "set `service.unit` in the inventory to etcd's unit on this host"
            )
    }

    /// A hold without its lock: a run that takes over would lift what another one put there.
    var hold: Check {
        if let place = facts.unit.unwritable {
            return check(
                "hold",
                .fails,
                "nothing can be written in \(place), where a restore keeps \(member.service.title) from starting",
                hint:
                    "make it writable for the time of the restore, or let `service: {kind: commands}` in the "
                    + "inventory say how etcd is held and started there"
            )
        }
        guard let observation = facts.observation, observation.lock == nil,
            let run = observation.service.heldBy, run != takesOver
        else { return check("hold", .holds, "none that is left over") }
        return check(
            "hold",
            .fails,
            "\(member.service.title) is held by run \(run), whose lock is gone",
            hint:
                "finish that run: `rekindle resume \(run)` or `rekindle rollback \(run)`; if it is "
                + "over for good, restore with `--take-over \(run)`"
        )
    }

    private func check(
        _ check: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check {
        Check(check, member: member.member.name, verdict, saw, hint: hint)
    }
}
