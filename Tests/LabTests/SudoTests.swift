import Foundation
import Glibc
import Testing

@Suite(
    "Hosts whose sudo asks for a password",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("sudo", etcd: "3.5")
)
struct SudoTests {
    private static let password = "correct horse 77"

    /// An inventory that names a file with a password, and that file.
    private func inventory(_ lost: LostCluster) throws -> (inventory: String, password: String) {
        let file = lost.scratch.file("password")
        try Data((Self.password + "\n").utf8).write(to: URL(filePath: file))
        chmod(file, 0o600)
        let text = try String(contentsOfFile: try Lab.current.inventory, encoding: .utf8)
            .replacingOccurrences(
                of: "become: sudo",
                with: "become: sudo\n  become-password-file: \(file)"
            )
        let path = lost.scratch.file("inventory.yaml")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return (path, file)
    }

    /// Gives the hosts the rule that Rekindle prints, and nothing else; the lab's own rule comes back.
    private func withRule(_ inventory: String, _ body: () throws -> Void) throws {
        let lab = try Lab.current
        let rule = try lab.rekindle(["-i", inventory, "inventory", "sudoers"])
        try #require(rule.status == 0, "\(rule.errorText)")
        #expect(rule.outputText.contains("ops ALL=(root) NOLOG_INPUT: NOLOG_OUTPUT: ALL"))
        defer {
            for member in 1...3 {
                _ = try? lab.exec(
                    member,
                    "echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops; "
                        + "chmod 440 /etc/sudoers.d/ops; rm -f /etc/sudoers.d/rekindle"
                )
            }
        }
        for member in 1...3 {
            try lab.exec(
                member,
                """
                echo 'ops:\(Self.password)' | chpasswd
                cat >/etc/sudoers.d/rekindle <<'RULE'
                \(rule.outputText)RULE
                chmod 440 /etc/sudoers.d/rekindle
                visudo -cf /etc/sudoers.d/rekindle
                rm /etc/sudoers.d/ops
                """
            )
        }
        try body()
    }

    @Test("are restored, and the password is in nothing that a run leaves here or there")
    func restore() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let (inventory, _) = try inventory(lost)
        try withRule(inventory) {
            let words = ["-i", inventory, "--state-dir", lost.stateDirectory]
            let restore = try lab.rekindle(
                words + ["restore", "--snapshot", lost.snapshot, "--yes", "-v"]
            )
            #expect(restore.status == 0, "\(restore.errorText)")
            #expect(try lab.contents().kvs == lost.saved.kvs)
            let told = restore.outputText + restore.errorText
            #expect(!told.contains(Self.password))
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
            }
        }
    }

    @Test("are left as they are where the password is wrong, and hear it once")
    func wrong() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        let (inventory, file) = try inventory(lost)
        try withRule(inventory) {
            try Data("wrong\n".utf8).write(to: URL(filePath: file))
            let words = ["-i", inventory, "--state-dir", lost.stateDirectory]
            let restore = try lab.rekindle(
                words + ["restore", "--snapshot", lost.snapshot, "--yes"]
            )
            #expect(restore.status == 3, "\(restore.errorText)")
            #expect(restore.errorText.contains("does not take the password of ops"))
            #expect(restore.errorText.contains("No host was changed."))
            #expect(try lab.contents().kvs == lost.newest.kvs)
            for member in 1...3 {
                let failures = try lab.exec(
                    member,
                    "journalctl --no-pager -t sudo | grep -c 'incorrect password attempt' | cat"
                )
                #expect(failures.outputText.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
            }
            chmod(file, 0o644)
            let open = try lab.rekindle(words + ["check"])
            #expect(open.status == 3)
            // what is shown is broken into lines
            let told = (open.outputText + open.errorText).split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
            #expect(told.contains("can be read by others (mode 644)"), "\(told)")
            #expect(told.contains("HINT: chmod 600"), "\(told)")
        }
    }
}
