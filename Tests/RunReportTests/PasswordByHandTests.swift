import EtcdModel
import RestorePlanning
import RunReport
import TestSupport
import Testing

@Suite("etcd's password, by hand")
struct PasswordByHandTests {
    private static let sample = Sample(
        login: EtcdLogin(user: "admin", passwordFile: "/here/secret")
    )

    /// The proof of a script, with an etcdctl that tells what it was given.
    private func prove(_ sample: Sample, input: String) throws -> (status: Int32, output: String) {
        let scratch = try Scratch()
        try scratch.programs().write(
            "echo \"user=${ETCDCTL_USER-none} password=${ETCDCTL_PASSWORD-none} arguments=$*\"",
            as: "etcdctl"
        )
        var sample = sample
        sample.etcdctl = "\(scratch.path)/bin/etcdctl"
        let script = try #require(PlanShell.scripts(sample.plan).first)
        try scratch.write(script.text, to: "script.sh")
        let result = try Program.run(
            ["sh", "script.sh", "step_8_1"],
            input: input,
            in: scratch.path
        )
        return (result.status, result.output)
    }

    @Test("is asked for by a script once, and goes to etcdctl by its environment")
    func script() throws {
        let said = try prove(Self.sample, input: "p w:'\"ü\nrest\n")
        #expect(said.output.contains("user=admin password=p w:'\"ü arguments="))
        #expect(!said.output.contains("arguments=p w"))
        #expect(said.status == 1, "what this etcdctl says proves nothing")
    }

    @Test("is not asked for where no user is named")
    func nobody() throws {
        let said = try prove(Sample(), input: "")
        #expect(said.output.contains("user=none password=none"))
    }

    @Test("is told by every form of a plan to be somebody's, and where it is read")
    func forms() throws {
        let plan = Self.sample.plan
        let text = PlanText.render(plan, style: .plain)
        #expect(text.contains("admin, with the password in /here/secret here"))
        let json = try PlanJSON.encode(plan)
        #expect(json.contains("passwordFile"))
        #expect(try PlanJSON.decode(Array(json.utf8), file: "plan.json") == plan)
        let markdown = PlanMarkdown.render(plan)
        #expect(markdown.contains("stty -echo; IFS= read -r REKINDLE_ETCD_PASSWORD"))
        #expect(
            markdown.contains(
                "ctl() { ETCDCTL_API=3 ETCDCTL_USER=admin ETCDCTL_PASSWORD=\"$REKINDLE_ETCD_PASSWORD\" "
            )
        )
        #expect(!PlanMarkdown.render(Sample().plan).contains("PASSWORD"))
    }
}
