import Foundation

/// Deeds that the world's faults are made of.
extension Scene {
    // MARK: a second coordinator

    var secondState: String { lost.scratch.file("second-\(lost.journal.run)") }

    func startSecond() throws -> Program.Running {
        try Program.start(
            "\(Lab.root)/lab/run",
            ["--lab", lab.name, Rekindle.path, "-i", inventory, "--state-dir", secondState]
                + restore
        )
    }

    // MARK: another snapshot

    /// A new snapshot of what is there now takes the place of the case's.
    func saveAgain() throws {
        snapshot = lost.scratch.file("again-\(UUID().uuidString).db")
        try lab.script("snapshot", [snapshot])
        saved = try lab.contents()
        let verify = try lab.rekindle(["snapshot", "verify", snapshot, "--output", "json"])
        savedHash = try JSONDecoder().decode(SnapshotDocument.self, from: verify.output)
        let path = snapshot
        cleanUps.append { try FileManager.default.removeItem(atPath: path) }
        // the next case would count on the snapshot that it shares with this one
        needsFreshLab = true
    }

    /// Writes what only a rollback can bring back.
    func moveOn() throws {
        try lab.write(puts: ["/moved": "on"])
        newest = try lab.contents()
        oldIdentity = try lab.identity()
    }

    // MARK: a restore by hand

    /// Runs the plan's own restore of the member once more, with some of its words changed.
    func restoreAgain(_ change: (String) -> String) throws {
        let path = "\(stateDirectory)/runs/\(journal.run)/plan.json"
        let plan = try JSONDecoder().decode(
            PlannedCommands.self,
            from: try Data(contentsOf: URL(filePath: path))
        )
        let effects = plan.steps.flatMap(\.stages).flatMap { $0.effects ?? [] }
        guard
            let words = effects.first(where: {
                $0.kind == "restore-snapshot" && $0.member == "etcd-\(member)"
            })?.commands.first(where: { $0.contains("restore") })
        else { throw Unexpected("the plan has no restore of etcd-\(member)") }
        let line = words.map { "'\(quoted(change($0)))'" }.joined(separator: " ")
        // the plan's words name what is in the directory in which root works
        try onHost("cd \(runDirectory)/.. && rm -rf \(runDirectory)/staging; \(line)")
    }

    /// The same, from another file of this machine.
    func restoreAgain(from snapshot: String) throws {
        // a host's root is a directory of this machine
        try FileManager.default.copyItem(
            atPath: snapshot,
            toPath: try labFile("hosts/\(member)/root/root/other.db")
        )
        try restoreAgain { $0.hasSuffix("/snapshot.db") ? "/root/other.db" : $0 }
    }

    /// What of `plan.json` is needed here.
    private struct PlannedCommands: Decodable {
        var steps: [Step]
        struct Step: Decodable { var stages: [Stage] }
        struct Stage: Decodable { var effects: [Effect]? }
        struct Effect: Decodable {
            var kind: String
            var member: String
            var commands: [[String]]
        }
    }

    // MARK: certificates

    func expireCertificate() throws {
        let pki = try labFile("pki")
        let expired = lost.scratch.file("expired.crt")
        // a day's validity that began a hundred days ago
        let shim = try JournalShim.environment("clock 0 -8640000").map { "\($0.key)=\($0.value)" }
        try Program.require(
            "/usr/bin/env",
            shim + [
                "openssl", "req", "-x509", "-key", "\(pki)/client.key", "-days", "1",
                "-CA", "\(pki)/ca.crt", "-CAkey", "\(pki)/ca.key", "-subj",
                "/O=rekindle-lab/CN=root", "-out", expired,
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-addext", "extendedKeyUsage=clientAuth",
            ]
        )
        let text = try String(contentsOf: URL(filePath: expired), encoding: .utf8)
        try onHost(
            """
            cp -a /etc/etcd/pki/client.crt /root/client.crt
            cat >/etc/etcd/pki/client.crt <<'PEM'
            \(text)
            PEM
            """
        )
    }

    func renewCertificate() throws {
        try onHost("[ ! -f /root/client.crt ] || mv /root/client.crt /etc/etcd/pki/client.crt")
    }

    // MARK: an old member

    /// Starts etcd on a copy of the data that was set aside, as nobody should.
    func startOldMember() throws {
        try onHost(
            """
            cp -a \(runDirectory)/aside/member /var/lib/old-member
            mkdir -m 700 /var/lib/old && mv /var/lib/old-member /var/lib/old/member
            chown etcd: /var/lib/old
            systemd-run --quiet --unit=old-etcd -p User=etcd -p Restart=always \
            -p EnvironmentFile=/etc/default/etcd /usr/bin/env ETCD_DATA_DIR=/var/lib/old \
            /usr/bin/etcd
            sleep 2
            systemctl is-active --quiet old-etcd
            """
        )
    }

    func stopOldMember() throws {
        try onHost("systemctl stop old-etcd 2>/dev/null; rm -rf /var/lib/old")
    }

    /// The other members serve the restored data while an old one knocks.
    func requireOthersUntouched() throws {
        let urls = try lab.value("LAB_ENDPOINTS").split(separator: ",")
        let others = urls.indices.filter { $0 != member - 1 }.map { String(urls[$0]) }
        let text = try lab.etcdctl([
            "get", "", "--prefix", "-w", "json", "--endpoints", others.joined(separator: ","),
        ]).output
        if try JSONDecoder().decode(Lab.Contents.self, from: text) != saved {
            throw Unexpected("an old member changed the restored data")
        }
    }
}
