import Foundation
import Glibc
import Testing

@Suite(
    "Hosts that take a password only",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("password", etcd: "3.5")
)
struct PasswordTests {
    private static let password = "battery horse 78"

    /// An inventory without a key, with a file that holds a password, and that file.
    private func inventory(_ lost: LostCluster) throws -> (inventory: String, password: String) {
        let file = lost.scratch.file("password")
        try Data((Self.password + "\n").utf8).write(to: URL(filePath: file))
        chmod(file, 0o600)
        var lines = try String(contentsOfFile: try Lab.current.inventory, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        let key = try #require(lines.firstIndex { $0.contains("identity-files:") })
        lines[key] = "  password-file: \(file)"
        let path = lost.scratch.file("inventory.yaml")
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return (path, file)
    }

    /// Has the hosts take no keys, each by another method; the lab's own setting comes back.
    private func withPasswords(_ body: () throws -> Void) throws {
        let lab = try Lab.current
        let config = "/etc/ssh/sshd_config"
        defer {
            for member in 1...3 {
                _ = try? lab.exec(
                    member,
                    "mv \(config).before \(config) && systemctl restart ssh"
                )
            }
        }
        for member in 1...3 {
            let isByQuestions = member == 2
            try lab.exec(
                member,
                """
                echo 'ops:\(Self.password)' | chpasswd
                cp -p \(config) \(config).before
                { cat <<'SSHD'
                PubkeyAuthentication no
                UsePAM yes
                PasswordAuthentication \(isByQuestions ? "no" : "yes")
                KbdInteractiveAuthentication \(isByQuestions ? "yes" : "no")
                SSHD
                cat \(config).before; } >\(config)
                sshd -t && systemctl restart ssh
                """
            )
        }
        try body()
    }

    @Test("are restored, by either method, and the password is in nothing that a run leaves")
    func restore() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let (inventory, _) = try inventory(lost)
        try withPasswords {
            let words = ["-i", inventory, "--state-dir", lost.stateDirectory]
            let restore = try lab.rekindle(
                words + ["restore", "--snapshot", lost.snapshot, "--yes", "-v"]
            )
            #expect(restore.status == 0, "\(restore.errorText)")
            #expect(try lab.contents().kvs == lost.saved.kvs)
            #expect(!(restore.outputText + restore.errorText).contains(Self.password))
            let here = try Program.run(
                "/usr/bin/grep",
                ["-rlF", "--", Self.password, lost.stateDirectory]
            )
            #expect(here.outputText.isEmpty, "\(here.outputText)")
            for member in 1...3 {
                // from a file: a pattern among the arguments would find itself
                try lab.exec(member, "printf '%s' '\(Self.password)' >/run/pattern")
                let there = try lab.exec(
                    member,
                    """
                    { journalctl --no-pager; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; } \
                      2>/dev/null | grep -acFf /run/pattern | cat
                    grep -rlFf /run/pattern \(try lab.dataDirectory) | cat
                    rm /run/pattern
                    """
                )
                #expect(there.outputText == "0\n", "\(there.outputText)")
                let method = member == 2 ? "keyboard-interactive/pam" : "password"
                let logins = try lab.exec(
                    member,
                    "journalctl --no-pager | grep 'Accepted' | cat"
                ).outputText.split(separator: "\n").suffix(1)
                #expect(logins.first?.contains("Accepted \(method) for ops") == true, "\(logins)")
            }
        }
    }

    @Test("are left as they are where the password is wrong, and hear it once")
    func wrong() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let (inventory, file) = try inventory(lost)
        try withPasswords {
            try Data("wrong\n".utf8).write(to: URL(filePath: file))
            for member in 1...3 { try lab.exec(member, "date +%s.%N >/run/since") }
            let restore = try lab.rekindle([
                "-i", inventory, "--state-dir", lost.stateDirectory, "restore", "--snapshot",
                lost.snapshot, "--yes",
            ])
            #expect(restore.status == 3, "\(restore.errorText)")
            // what is shown is broken into lines
            let told = restore.errorText.split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
            #expect(told.contains("does not take the password"), "\(told)")
            #expect(told.contains("the server offers keyboard-interactive"), "\(told)")
            #expect(told.contains("HINT: it is sent once to each host"), "\(told)")
            #expect(told.contains("No host was changed."))
            #expect(try lab.contents().kvs == lost.newest.kvs)
            for member in 1...3 {
                let failures = try lab.exec(
                    member,
                    """
                    journalctl --no-pager --since "@$(cat /run/since)" \
                      | grep -c 'pam_unix(sshd:auth): authentication failure' | cat
                    """
                )
                #expect(
                    failures.outputText.trimmingCharacters(in: .whitespacesAndNewlines) == "1",
                    "etcd-\(member)"
                )
            }
        }
    }
}
