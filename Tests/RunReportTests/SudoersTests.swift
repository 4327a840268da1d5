import Foundation
import RemoteHost
import RunReport
import Testing

@Suite("The rule that `inventory sudoers` prints")
struct SudoersTests {
    private func endpoint(
        _ user: String,
        _ become: Become,
        password: SecretSource? = nil
    ) -> HostEndpoint {
        HostEndpoint(host: "h", user: user, become: become, becomePassword: password)
    }

    @Test("is one for each user and way, with the hosts that it is for; root needs none")
    func rules() {
        let sudoers = SudoersText([
            ("etcd-1", endpoint("ops", .sudo)), ("etcd-2", endpoint("root", .none)),
            ("etcd-3", endpoint("ops", .sudo)), ("cp-1", endpoint("ops", .doas)),
            ("cp-2", endpoint("u@corp", .sudo, password: .asked)),
        ])
        #expect(sudoers.text.contains("# /etc/sudoers.d/rekindle on etcd-1, etcd-3;"))
        #expect(
            sudoers.text.contains("\nops ALL=(root) NOPASSWD: NOLOG_INPUT: NOLOG_OUTPUT: ALL\n")
        )
        #expect(sudoers.text.contains("\nDefaults:ops !requiretty, !log_input, !log_output\n"))
        #expect(sudoers.text.contains("\npermit nopass ops as root\n"))
        #expect(sudoers.text.contains("\nu\\@corp ALL=(root) NOLOG_INPUT: NOLOG_OUTPUT: ALL\n"))
        #expect(SudoersText([("etcd-2", endpoint("root", .none))]).isEmpty)
    }

    private static let visudo = "/usr/sbin/visudo"

    @Test(
        "is read by visudo, whatever the user is called",
        .enabled(if: FileManager.default.isExecutableFile(atPath: visudo), "needs sudo"),
        arguments: ["ops", "u@corp", "DOM\\user", "!all", "a,b=c", "a\"b", "ops-2.x", "s$"]
    )
    func isRead(_ user: String) throws {
        let scratch = try Scratch()
        try scratch.write(SudoersText([("etcd-1", endpoint(user, .sudo))]).text, to: "sudoers")
        let checked = try Program.run([Self.visudo, "-cf", "\(scratch.path)/sudoers"])
        #expect(checked.status == 0, "\(checked.output)")
    }

    @Test(
        "is not written for a user that sudoers takes for something else",
        arguments: ["ALL", "OPS_2", "#0", "%wheel"]
    )
    func ambiguous(_ user: String) {
        #expect(SudoersText([("etcd-1", endpoint(user, .sudo))]).ambiguousUser == user)
        #expect(SudoersText([("etcd-1", endpoint("ops", .sudo))]).ambiguousUser == nil)
    }
}
