import Foundation
import Testing

@Suite(
    "ssh: {config: FILE} with OpenSSH itself",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh"), "needs ssh")
)
struct OpenSSHQueryTests {
    /// An inventory of one member, `e1`, beside a configuration.
    private final class Folder {
        let path: String

        init(_ config: String, ssh: String = "") throws {
            path =
                FileManager.default.temporaryDirectory
                .appending(path: "rekindle-config-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            let inventory = """
                cluster: {name: prod}
                etcd: {data-dir: /d/etcd, user: etcd}
                ssh: {config: config\(ssh)}
                members:
                  - {name: a, host: e1, initial-advertise-peer-urls: [http://10.0.0.1:2380]}
                """
            try Data(inventory.utf8).write(to: URL(filePath: "\(path)/inventory.yaml"))
            try Data(config.utf8).write(to: URL(filePath: "\(path)/config"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func show(_ environment: [String: String] = [:]) throws -> StateFolder.Result {
            try BuiltProgram.run(
                ["inventory", "show", "--offline", "-i", "inventory.yaml", "--output", "json"],
                environment: environment.merging(["HOME": path]) { own, _ in own },
                in: path
            )
        }
    }

    /// What of `inventory show --output json` is looked at here.
    private struct Listing: Decodable {
        struct Member: Decodable {
            var host: String
            var ssh: SSH
        }
        struct SSH: Decodable {
            var user: String
            var identityFiles: [String]
            var jump: String
            var config: Config

            enum CodingKeys: String, CodingKey {
                case user, jump, config
                case identityFiles = "identity-files"
            }
        }
        struct Config: Decodable {
            var file: String
            var settings: [String]
            var hostKeyAlias: String

            enum CodingKeys: String, CodingKey {
                case file, settings
                case hostKeyAlias = "host-key-alias"
            }
        }
        var members: [Member]
    }

    @Test("shows what holds for a member, and where it is from")
    func shown() throws {
        let folder = try Folder(
            """
            Host e1
              HostName 10.0.0.1
              HostKeyAlias etcd-one
              ProxyJump bastion
            Host bastion
              HostName 192.0.2.9
              Port 2222
            Match host 10.0.0.1 user ops
              IdentityFile ~/.ssh/%r
            """,
            ssh: ", user: ops"
        )
        let result = try folder.show()
        #expect(result.status == 0, "\(result.error)")
        let listing = try JSONDecoder().decode(Listing.self, from: Data(result.output.utf8))
        let member = try #require(listing.members.first)
        #expect(member.host == "10.0.0.1")
        #expect(member.ssh.user == "ops")
        #expect(member.ssh.identityFiles == ["\(folder.path)/.ssh/ops"])
        // who is not named there is who runs ssh, as with OpenSSH itself
        #expect(member.ssh.jump == "\(NSUserName())@192.0.2.9:2222")
        #expect(member.ssh.config.file == "\(folder.path)/config")
        #expect(
            member.ssh.config.settings == ["host", "identity-files", "known-hosts", "jump"]
        )
        #expect(member.ssh.config.hostKeyAlias == "etcd-one")
    }

    @Test("says what OpenSSH says of a configuration that is wrong, and connects to nothing")
    func wrong() throws {
        let result = try Folder("HostNaem x\n").show()
        #expect(result.status == 65)
        #expect(
            result.error.contains(
                "inventory.yaml:3:15: error: \"config\" in ssh: `ssh -G e1`: "
            )
        )
        #expect(result.error.contains("line 1: Bad configuration option: hostnaem"))
        #expect(result.error.contains("\nHINT: put "))
        #expect(!result.error.contains("Pseudo-terminal"))
    }

    @Test("refuses a ProxyCommand, and runs none")
    func proxyCommand() throws {
        let folder = try Folder("Host *\n  ProxyCommand touch %d/ran\n")
        let result = try folder.show()
        #expect(result.status == 65)
        #expect(result.error.contains("e1 has a ProxyCommand, which Rekindle does not run"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/ran"))
    }

    @Test("says which package is missing where OpenSSH is not installed")
    func noSSH() throws {
        let result = try Folder("Host *\n").show(["PATH": "/nonexistent"])
        #expect(result.status == 65)
        #expect(result.error.contains("needs the program ssh, which is not installed here"))
        #expect(result.error.contains("apt install openssh-client"))
    }
}
