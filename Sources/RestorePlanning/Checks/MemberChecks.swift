import ClusterInventory
import EtcdModel
import RemoteHost

/// The checks on one member's host.
struct MemberChecks {
    let inventory: Inventory
    let member: InventoryMember
    let findings: MemberFindings?
    let snapshot: SnapshotProof?
    /// The run whose lock may be replaced once its coordinator is gone.
    let takesOver: String?
    /// Whether a snapshot of this member is saved before the stop.
    let savesSnapshot: Bool

    private var name: String { member.member.name }

    func all() -> [Check] {
        switch findings {
        case .facts(let facts):
            return [
                check("reachable", .holds, "\(facts.hostname), host key verified"),
                root(facts), programs(facts), restoreTool(facts), version(facts),
                service(facts).state,
            ] + AccessChecks(member: member, facts: facts).all() + configuration(facts)
                + SettingsChecks(member: member, facts: facts).all()
                + AgreementChecks(member: member, facts: facts).all()
                + [token(facts)].compactMap { $0 } + [
                    lock(facts), service(facts).hold, clock(facts), clientURLs(facts), tls(facts),
                    running(facts),
                ] + [WorkDirectoryCheck.of(name, facts), proof(facts)].compactMap { $0 }
                + RunningChecks(member: member, facts: facts).all()
                + DirectoryChecks(
                    member: member,
                    facts: facts,
                    snapshot: snapshot,
                    savesSnapshot: savesSnapshot
                ).all()
        case .unreachable(let failure):
            return [check("reachable", .fails, failure.message, hint: failure.hint)]
        case .unreadable(let why):
            return [check("reachable", .fails, why, hint: hintOnAnswer(why))]
        case nil:
            return [
                check("reachable", .fails, "was not asked", hint: "this is a fault of Rekindle")
            ]
        }
    }

    private func check(
        _ check: String,
        _ verdict: Check.Verdict,
        _ saw: String,
        hint: String? = nil
    ) -> Check {
        Check(check, member: name, verdict, saw, hint: hint)
    }

    private func service(_ facts: HostFacts) -> ServiceChecks {
        ServiceChecks(member: member, facts: facts, takesOver: takesOver)
    }

    /// sudo and doas begin their messages with their names, in every language.
    private func hintOnAnswer(_ why: String) -> String {
        let endpoint = member.endpoint
        if endpoint.become != .none, why.contains("\(endpoint.become): ") {
            return hintOnBecoming(why, endpoint)
        }
        let user = endpoint.user
        return "its login shell must run commands: `getent passwd \(user)` on the host shows "
            + "which it is, `usermod -s /bin/sh \(user)` sets it"
    }

    private func hintOnBecoming(_ why: String, _ endpoint: HostEndpoint) -> String {
        let user = endpoint.user
        if why.contains("not found") {
            return "install \(endpoint.become) on the host, or log in as root: `user: root` and "
                + "`become: none` under `ssh` in the inventory"
        }
        // sudo's `requiretty`, which it words so in English only
        if why.contains("tty") {
            return
                "let \(user) use sudo without a terminal, by a line `Defaults:\(user) !requiretty` "
                + "in a file in /etc/sudoers.d on the host"
        }
        switch endpoint.become {
        case .doas:
            return
                "let \(user) become root without a password, by a line `permit nopass \(user)` in "
                + "/etc/doas.conf on the host: doas asks at a terminal only"
        case .sudo, .none:
            let rule =
                "by a line `\(user) ALL=(ALL) NOPASSWD: ALL` in a file in /etc/sudoers.d on the host"
            return endpoint.becomePassword == nil
                ? "let \(user) use sudo without a password, \(rule), or set `become-password: ask`"
                : "let \(user) use sudo, \(rule); `rekindle inventory sudoers` prints it"
        }
    }

    private func root(_ facts: HostFacts) -> Check {
        facts.isRoot
            ? check("root", .holds, "commands run as root")
            : check(
                "root",
                .fails,
                "commands run as \(member.endpoint.user), who is not root",
                hint: "set `become: sudo` under `ssh` in the inventory; `rekindle inventory "
                    + "sudoers` prints the rule"
            )
    }

    private func programs(_ facts: HostFacts) -> Check {
        let missing = facts.tools.missing + (facts.tools.digest == nil ? ["sha256sum"] : [])
        if missing.isEmpty, !facts.tools.unable.isEmpty {
            return check(
                "programs",
                .fails,
                "there are others than a restore needs, which do not know "
                    + facts.tools.unable.joined(separator: ", "),
                hint:
                    "install GNU coreutils, findutils and util-linux on the host: busybox's will not do"
            )
        }
        return missing.isEmpty
            ? check("programs", .holds, "all there")
            : check(
                "programs",
                .fails,
                "missing: \(missing.joined(separator: ", "))",
                hint: "install coreutils, grep, sed, findutils, gawk and util-linux on the host"
            )
    }

    private func restoreTool(_ facts: HostFacts) -> Check {
        guard facts.tools.etcdctl != nil else {
            return check(
                "etcd tools",
                .fails,
                "there is no etcdctl in \(member.etcd.binDir ?? "the PATH on the host")",
                hint: "install etcd's client package, or set `bin-dir` under `etcd` in the "
                    + "inventory"
            )
        }
        let mute = [facts.tools.etcdctl, facts.tools.etcdutl].compactMap { $0 }
            .filter { $0.version == nil }
        guard let tool = facts.tools.restoreTool else {
            if let one = mute.first {
                return check(
                    "etcd tools",
                    .fails,
                    "no version is told by \(mute.map(\.path).joined(separator: ", "))",
                    hint: "`\(one.path) version` on the host must work; is it etcd's own, and for "
                        + "this CPU?"
                )
            }
            return check(
                "etcd tools",
                .fails,
                "no tool can restore: \(facts.tools.describe)",
                hint: "etcd 3.6 needs etcdutl; etcdctl restores up to 3.5"
            )
        }
        return check("etcd tools", .holds, "\(facts.tools.describe); restores with \(tool.path)")
    }

    /// A tool older than the server it restores for may leave zombie members (etcd#20967).
    private func version(_ facts: HostFacts) -> Check {
        guard let server = facts.serverVersion, let tool = facts.tools.restoreTool?.version
        else {
            return check(
                "versions",
                .warns,
                "not all known: \(facts.tools.describe)",
                hint: "see on the host that the tools are not older than the server"
            )
        }
        if (server.major, server.minor) > (tool.major, tool.minor) {
            return check(
                "versions",
                .warns,
                "the restore tool is \(tool), the server \(server)",
                hint: "restore with the tool of the server's minor version"
            )
        }
        if server.major == 3, server.minor == 5, server.patch <= 2 {
            return check(
                "versions",
                .warns,
                "etcd \(server) can corrupt its data (etcd#13766)",
                hint: "upgrade to the newest 3.5"
            )
        }
        return check("versions", .holds, "etcd \(server), restore tool \(tool)")
    }

    /// etcd with a configuration file reads nothing else: without it, its settings are unknown.
    private func configuration(_ facts: HostFacts) -> [Check] {
        facts.configuration.unreadableFile.map { path in
            [
                check(
                    "configuration",
                    .fails,
                    "etcd's configuration file \(path) cannot be read as YAML",
                    hint: "see that it is there, and that the unit names it with its whole path"
                )
            ]
        } ?? []
    }

    /// With the token of the old data the restored IDs are the old ones, and fence nobody.
    private func token(_ facts: HostFacts) -> Check? {
        guard let token = inventory.token, let old = facts.observation?.data.identity else {
            return nil
        }
        let topology = ClusterTopology(members: inventory.members.map(\.member), token: token)
        guard old.clusterID == topology.clusterID else { return nil }
        return check(
            "token",
            .fails,
            "the old data has the cluster ID \(old.clusterID), which the inventory's "
                + "initial-cluster-token would make again",
            hint: "set `initial-cluster-token: auto`, so that no old member can join the restored"
        )
    }

    private func lock(_ facts: HostFacts) -> Check {
        guard let lock = facts.observation?.lock else { return check("lock", .holds, "free") }
        if lock.run == takesOver, lock.isStale {
            return check(
                "lock",
                .warns,
                "will be taken over from \(lock)",
                hint: "what that run set aside stays in \(facts.dataDir?.path ?? "")/.rekindle/"
                    + "\(lock.run): it may be the newest data of the old cluster"
            )
        }
        let finish = lock.wayOut
        guard lock.isStale else {
            return check(
                "lock",
                .fails,
                "locked by \(lock)",
                hint: lock.run == takesOver
                    ? "its coordinator is alive, and nothing is taken from it: \(finish)" : finish
            )
        }
        return check(
            "lock",
            .fails,
            "locked by \(lock): its coordinator is gone, or cut off",
            hint: "\(finish); only if its state directory is lost for good: "
                + "`rekindle restore --take-over \(lock.run)`"
        )
    }

    private func clock(_ facts: HostFacts) -> Check {
        guard let seconds = facts.clockOffset?.components.seconds else {
            return check(
                "clock",
                .warns,
                "the host's clock cannot be read",
                hint: "`date +%s.%N` on the host must print its time"
            )
        }
        return abs(seconds) <= 5
            ? check("clock", .holds, "within 5 s of this machine's")
            : check(
                "clock",
                .warns,
                "\(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") this machine's",
                hint: "certificates and leases depend on clocks; see to its time service"
            )
    }

    /// Without one nobody could ask the restored member for its proof.
    private func clientURLs(_ facts: HostFacts) -> Check {
        let urls =
            member.member.clientURLs.isEmpty
            ? facts.configuration["advertise-client-urls"] ?? ""
            : member.member.clientURLs.joined(separator: ",")
        return urls.isEmpty
            ? check(
                "advertise-client-urls",
                .fails,
                "neither the inventory nor the unit says it",
                hint: "add it to the member in the inventory: the restored member is asked there"
            ) : check("advertise-client-urls", .holds, urls)
    }

    private func tls(_ facts: HostFacts) -> Check {
        if let missing = facts.missingTLSFile {
            return check(
                "client TLS",
                .fails,
                "\(missing) is not readable on the host",
                hint: "correct cacert, cert and key under `etcd` in the inventory"
            )
        }
        let usesTLS = member.member.clientURLs.contains { $0.hasPrefix("https:") }
        if usesTLS && member.etcd.cacert == nil {
            return check(
                "client TLS",
                .warns,
                "https without a cacert in the inventory",
                hint: "unless the system trusts etcd's CA, the proof cannot reach etcd: set "
                    + "cacert, cert and key"
            )
        }
        return check("client TLS", .holds, member.etcd.cacert ?? "not used")
    }

    /// What is refused now would be refused at the end of the run, with the old cluster gone.
    private func proof(_ facts: HostFacts) -> Check? {
        switch facts.proofLook {
        case .notAsked: nil
        case .answers: check("proof", .holds, "etcd answers what the proof will ask")
        case .refuses(let refused):
            check(
                "proof",
                .fails,
                "etcd refuses, asked \(refused.words): \(refused.said)",
                hint: refused.refusal.hint
                    ?? "ask etcdctl on the host, and see that it answers: the proof asks the same"
            )
        }
    }

    private func running(_ facts: HostFacts) -> Check {
        guard let live = facts.live else {
            let subject = member.service.kind == .staticPod ? "its pod" : "the unit"
            let unit = "\(subject) is \(facts.unit.activity.detail)"
            guard facts.unit.activity.activity == .active else {
                return check("etcd", .holds, "not running")
            }
            if case .refused = facts.access {
                return check("etcd", .holds, "\(unit), and asks who wants to know: authentication")
            }
            // what it was not asked it has not failed to answer
            if facts.tools.etcdctl?.version == nil || facts.missingTLSFile != nil {
                return check("etcd", .warns, "\(unit); etcd could not be asked")
            }
            return check(
                "etcd",
                .warns,
                "\(unit), but etcd does not answer",
                hint: "it may be without a quorum; \(member.service.logHint) on the "
                    + "host tells"
            )
        }
        return check(
            "etcd",
            .holds,
            "answers: revision \(live.revision), member \(live.memberID) of cluster "
                + "\(live.clusterID), \(live.isLeader ? "leader" : "follower"), \(live.version)"
        )
    }
}
