import Foundation
import RemoteHost
import Testing

/// A login shell that is not POSIX, where the PATH has it.
enum OtherShell: String {
    case fish
    case tcsh

    /// None or one.
    var paths: [String] {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/\(rawValue)" }
            .filter(FileManager.default.isExecutableFile)
            .prefix(1).map(\.self)
    }

    var isHere: Bool { !paths.isEmpty }

    /// Has sshd hand it every command, as it hands them to a login shell.
    func server() throws -> LocalSSHD.Configuration {
        let path = try #require(paths.first)
        let line = "ForceCommand exec \(path) -c \"$SSH_ORIGINAL_COMMAND\""
        return LocalSSHD.Configuration(lines: [line])
    }
}

extension RealSSHD {
    @Suite("Login shells that are not POSIX")
    struct LoginShells {
        @Test(
            "fish as login shell keeps the contract",
            .enabled(if: OtherShell.fish.isHere, "needs fish"),
            arguments: HostConnectionContract.all
        )
        func fish(_ contract: HostConnectionContract) async throws {
            try await LocalSSHD.run(OtherShell.fish.server()) { server in
                try await contract.check(server.connect())
            }
        }

        @Test(
            "csh, which takes a script line by line, fails on it, so that the first check tells",
            .enabled(if: OtherShell.tcsh.isHere, "needs tcsh")
        )
        func tcsh() async throws {
            try await LocalSSHD.run(OtherShell.tcsh.server()) { server in
                let connection = try await server.connect()
                let result = try await connection.run(.script("echo one\necho two"))
                await connection.close()
                #expect(!result.isSuccess)
                #expect(result.errorText.contains("Unmatched"))
            }
        }
    }
}
