import ClusterInventory
import EtcdModel
import Foundation
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

@Suite("Facts, from what real hosts answered")
struct FactsReadingTests {
    static let manager = Systemd(unit: "etcd.service")
    static let systems = [
        "system-running", "system-shell-unit", "system-config-file-stopped",
        "system-config-file-gone", "system-masked", "system-not-found",
    ]
    static let directories = ["directories", "directories-mounts", "directories-missing"]

    private func recorded(_ name: String) throws -> String {
        try String(contentsOf: fixture("facts/\(name).txt"), encoding: .utf8)
    }

    private func system(_ name: String) throws -> SystemFacts {
        try #require(SystemFacts(recorded(name), manager: Self.manager))
    }

    @Test("a running member")
    func running() throws {
        let facts = try system("system-running")
        #expect(facts.hostname == "etcd-1")
        #expect(facts.isRoot)
        #expect((facts.epochSeconds ?? 0) > 1_700_000_000)
        #expect(facts.tools.missing == [])
        #expect(facts.tools.digest == .openssl)
        #expect(facts.tools.etcd?.version == EtcdVersion(major: 3, minor: 5, patch: 16))
        #expect(facts.tools.etcdctl?.path == "/usr/bin/etcdctl")
        #expect(facts.unit.isLoaded)
        #expect(facts.unit.activity.activity == .active)
        #expect(facts.unit.type == "notify" && facts.unit.restart == "always")
        #expect(facts.unit.user == "etcd" && facts.unit.group == "etcd")
        #expect(facts.configuration["name"] == "etcd-1")
        #expect(facts.configuration["data-dir"] == "/var/lib/etcd")
        #expect(facts.configuration["wal-dir"] == nil)
        #expect(facts.configuration["quota-backend-bytes"] == "8589934592")
        #expect(
            facts.configuration["initial-advertise-peer-urls"] == "https://10.87.2.11:2380"
        )
    }

    @Test("a unit that starts etcd through a shell, as RHEL's does")
    func shellUnit() throws {
        let configuration = try system("system-shell-unit").configuration
        #expect(configuration["name"] == "etcd-1")
        #expect(configuration["data-dir"] == "/var/lib/etcd")
        #expect(configuration["quota-backend-bytes"] == "8589934592")
        #expect(configuration["wal-dir"] == nil, "systemd puts nothing where nobody has set it")
    }

    @Test("a configuration file is found by the environment of a stopped unit, too")
    func configurationFile() throws {
        var facts = try system("system-config-file-stopped")
        #expect(facts.wantedFiles == ["/etc/etcd/etcd.yaml"])
        let text = """
            name: from-file
            data-dir: /var/lib/etcd
            wal-dir: /var/lib/etcd-wal/wal
            quota-backend-bytes: 1073741824
            client-transport-security: {cert-file: /x}

            """
        facts.take("file.1=\(Data(text.utf8).base64EncodedString())\nend=yes\n")
        #expect(facts.unit.activity.activity == .stopped)
        #expect(facts.configuration["name"] == "from-file")
        #expect(facts.configuration["wal-dir"] == "/var/lib/etcd-wal/wal")
        #expect(facts.configuration["quota-backend-bytes"] == "1073741824")
        #expect(facts.configuration["trusted-ca-file"] == nil, "of the environment")
        let gone = try system("system-config-file-gone").configuration
        #expect(gone.unreadableFile == "/etc/etcd/etcd.yaml")
        #expect(gone["data-dir"] == nil)
    }

    @Test("a unit that is masked, and one that is not there")
    func noUnit() throws {
        let masked = try system("system-masked").unit
        #expect(!masked.isLoaded && masked.loadState == "masked")
        let missing = try system("system-not-found")
        #expect(!missing.unit.isLoaded && missing.unit.loadState == "not-found")
        #expect(missing.tools.etcd?.path == "/opt/b/etcd")
        #expect(missing.tools.etcdctl == nil && missing.tools.restoreTool == nil)
    }

    @Test("an answer that ended too early is none", arguments: systems + directories)
    func truncated(name: String) throws {
        let lines = try recorded(name).split(separator: "\n")
        func isRead(_ text: String) -> Bool {
            name.hasPrefix("system")
                ? SystemFacts(text, manager: Self.manager) != nil : DirectoriesFacts(text) != nil
        }
        for count in 0..<lines.count {
            #expect(!isRead(lines.prefix(count).joined(separator: "\n")))
        }
        #expect(isRead(lines.joined(separator: "\n")))
    }

    @Test("a data directory with a database in it")
    func directory() throws {
        let facts = try #require(DirectoriesFacts(recorded("directories")))
        #expect(facts.wal == nil)
        #expect(facts.data.path == "/var/lib/etcd" && facts.data.realPath == "/var/lib/etcd")
        #expect(facts.data.exists && !facts.data.isMountPoint && !facts.data.isReadOnly)
        #expect(!facts.data.isMemberMountPoint)
        #expect(facts.data.user == "etcd" && facts.data.group == "etcd")
        #expect(facts.data.mode == "700")
        #expect((facts.data.databaseBytes ?? 0) > 0)
        #expect(facts.data.freeBytes > 1 << 30)
        #expect(facts.missingTLSFile == "/etc/etcd/pki/nothere.key")
    }

    @Test("a member bound to itself and a read-only WAL disk are mount points")
    func mounts() throws {
        let facts = try #require(DirectoriesFacts(recorded("directories-mounts")))
        #expect(facts.data.isMemberMountPoint)
        #expect(facts.wal?.isMountPoint == true)
        #expect(facts.wal?.isReadOnly == true)
        #expect(facts.wal?.fileSystem == "tmpfs")
        #expect(facts.wal?.databaseBytes == nil)
    }

    @Test("a directory that is not there yet has the room of the one above it")
    func missing() throws {
        let facts = try #require(DirectoriesFacts(recorded("directories-missing")))
        #expect(!facts.data.exists)
        #expect(facts.data.freeBytes > 1 << 30)
        #expect(facts.data.user.isEmpty && facts.data.databaseBytes == nil)
    }

    @Test("the scripts are POSIX and end, with odd paths, too", .enabled(if: hasDash, "needs dash"))
    func realScripts() throws {
        for path in ["/nowhere", "/", "/tmp", "/tmp/a b'c\"d$HOME", "/proc/self"] {
            let command = FactsScript.directories(dataDir: path, walDir: path, tls: nil)
            let result = try ShellProcess(command.shellLine(become: .none), shell: "/bin/dash")
                .finish()
            #expect(result.status == 0 && result.errorOutput.isEmpty, "\(result.errorText)")
            #expect(DirectoriesFacts(result.outputText)?.data.path == path)
        }
        var member = Sample.inventory().members[0]
        member.service.unit = "rekindle-no-such-unit.service"
        let system = FactsScript.system(for: member)
        let result = try ShellProcess(system.shellLine(become: .none), shell: "/bin/dash").finish()
        let facts = SystemFacts(result.outputText, manager: Self.manager)
        #expect(facts?.unit.isLoaded == false)
        #expect(facts?.tools.unable == [])
    }

    @Test(
        "programs that are there and cannot do what a restore needs are found before it",
        .enabled(if: hasDash, "needs dash")
    )
    func otherPrograms() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-programs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        // as busybox answers what it does not know
        let script = """
            #!/bin/sh
            echo "${0##*/}: unrecognized option" >&2
            echo "Usage: ${0##*/} [-fin] SOURCE DEST" >&2
            exit 1
            """
        for name in ["df", "mv", "flock"] {
            try ProgramFolder.write(script, to: folder.appending(path: name).path)
        }
        let look = FactsScript.system(for: Sample.inventory().members[0])
        let line =
            "PATH=\(ShellQuoting.quoted(folder.path)):$PATH; export PATH\n"
            + look.shellLine(become: .none)
        let result = try ShellProcess(line, shell: "/bin/dash").finish()
        let facts = try #require(
            SystemFacts(result.outputText, manager: Self.manager),
            "\(result.errorText)"
        )
        #expect(facts.tools.missing == [])
        #expect(facts.tools.unable == ["df --output=target", "mv -T", "flock -w"])
        var host = Sample.facts(1)
        host.tools.unable = facts.tools.unable
        let checks = MemberChecks(
            inventory: Sample.inventory(),
            member: Sample.inventory().members[0],
            findings: .facts(host),
            snapshot: nil,
            takesOver: nil,
            savesSnapshot: false
        ).all().filter { $0.name == "programs" }
        #expect(checks.map(\.verdict) == [.fails])
    }

    @Test("a place for the hold in which nothing can be written forbids a restore beforehand")
    func readOnlyUnits() throws {
        var facts = Sample.facts(1)
        facts.unit.unwritable = "/etc/systemd/system"
        let member = Sample.inventory().members[0]
        let check = ServiceChecks(member: member, facts: facts, takesOver: nil).hold
        #expect(check.verdict == .fails)
        #expect(check.saw.contains("/etc/systemd/system"))
        let lines = "unwritable=/etc/systemd/system\nend=yes\n"
        #expect(SystemFacts(lines, manager: Self.manager)?.unit.unwritable == "/etc/systemd/system")
    }

    static let hasDash = FileManager.default.isExecutableFile(atPath: "/bin/dash")
}
