import ClusterInventory
import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@Suite("Where etcd is looked for on a host")
struct EtcdPlacesTests {
    /// What `systemctl` of a host would say: its lists, and a block for each unit that is shown.
    private struct FakeSystemd {
        var loaded: [String]
        var installed: [String]
        /// By the name that is asked for, so that an alias gives its unit.
        var blocks: [String: (id: String, path: String)]

        var program: String {
            let shown = blocks.sorted { $0.key < $1.key }.map { name, unit in
                "\(name)) echo 'ExecStart={ path=\(unit.path) ; argv[]=\(unit.path) --x ; }'; "
                    + "echo 'Id=\(unit.id)'; echo ;;"
            }
            return """
                case $1 in
                list-units) printf '%s loaded active running x\\n' \(loaded.joined(separator: " ")) ;;
                list-unit-files) printf '%s enabled\\n' \(installed.joined(separator: " ")) ;;
                show) shift; for u; do case $u in
                \(shown.joined(separator: "\n"))
                esac; done ;;
                esac
                """
        }
    }

    private func look(_ systemd: FakeSystemd, shell: String) throws -> EtcdPlaces? {
        let bin = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-places-\(UUID().uuidString)").path
        try ProgramFolder(at: bin).write(systemd.program, as: "systemctl")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: bin) } }
        let result = try ShellProcess(
            EtcdPlaces.command.shellLine(become: .none),
            shell: shell,
            environment: ["PATH=\(bin)"]
        )
        .finish()
        #expect(result.status == 0 && result.errorOutput.isEmpty, "\(result.errorText)")
        return EtcdPlaces(result.outputText)
    }

    static let shells = ["/bin/sh", "/bin/dash", "/bin/bash"]
        .filter(FileManager.default.isExecutableFile(atPath:))

    @Test(
        "a unit that has an alias, as Debian's etcd2.service is one, is told once",
        arguments: shells
    )
    func alias(shell: String) throws {
        let debian = FakeSystemd(
            loaded: ["etcd.service", "ssh.service"],
            installed: ["etcd.service", "etcd2.service", "ssh.service"],
            blocks: [
                "etcd.service": ("etcd.service", "/usr/bin/etcd"),
                "etcd2.service": ("etcd.service", "/usr/bin/etcd"),
                "ssh.service": ("ssh.service", "/usr/sbin/sshd"),
            ]
        )
        #expect(try look(debian, shell: shell)?.units == ["etcd.service"])
    }

    @Test("the program counts and not the name, and a template is no unit", arguments: shells)
    func program(shell: String) throws {
        let host = FakeSystemd(
            loaded: ["kv@a.service", "kv@b.service", "etcd-backup.service"],
            installed: ["kv@.service", "etcd-backup.service"],
            blocks: [
                "kv@a.service": ("kv@a.service", "/opt/etcd-v3.5.16/etcd"),
                "kv@b.service": ("kv@b.service", "/opt/etcd-v3.5.16/etcd"),
                "etcd-backup.service": ("etcd-backup.service", "/usr/bin/etcdctl"),
            ]
        )
        #expect(try look(host, shell: shell)?.units == ["kv@a.service", "kv@b.service"])
    }

    @Test("one that a shell or a container starts is found by its name", arguments: shells)
    func wrapped(shell: String) throws {
        let host = FakeSystemd(
            loaded: ["etcd.service", "cron.service"],
            installed: ["etcd.service"],
            blocks: [
                "etcd.service": ("etcd.service", "/usr/bin/docker"),
                "cron.service": ("cron.service", "/usr/sbin/cron"),
            ]
        )
        #expect(try look(host, shell: shell)?.units == ["etcd.service"])
    }

    @Test("a manifest that cannot be read is told: etcd may be in it")
    func unread() throws {
        let places = try #require(
            EtcdPlaces("unread=/etc/kubernetes/manifests/etcd.yaml\nend=yes\n")
        )
        #expect(places.services.isEmpty)
        #expect(places.unread == ["/etc/kubernetes/manifests/etcd.yaml"])
    }

    @Test(
        "an answer that did not come to its end, or goes on behind it, is none",
        arguments: ["", "runs=etcd.service\n", "end=yes\nmore\n", "end=no\n"]
    )
    func cut(answer: String) {
        #expect(EtcdPlaces(answer) == nil)
    }

    @Test("a megabyte of the same is read, and told once")
    func flood() throws {
        let flood = String(repeating: "runs=etcd.service\n", count: 60_000) + "end=yes\n"
        #expect(try #require(EtcdPlaces(flood)).units == ["etcd.service"])
    }
}
