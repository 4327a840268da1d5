import EtcdModel
import RestorePlanning
import RunReport
import TestSupport
import Testing

@Suite("A plan as shell scripts")
struct PlanShellTests {
    static let samples: [Sample] = [
        Sample(),
        Sample(leader: nil, liveRevision: nil, askedHosts: false),
        Sample(
            names: ["it's", "a b/c", "d\n\u{1B}[31mrm -rf /"],
            clusterName: "pr\nod `id` $(id)",
            dataDirs: ["it's": "/var/lib/it's $(id)", "a b/c": "/data\u{1B}[2J/\u{202E}x"],
            walDir: "/wal dir/etcd",
            withoutOldData: ["a b/c"]
        ),
        Sample(login: EtcdLogin(user: "ro'ot $(id)", passwordFile: "/secret")),
    ]

    @Test("is one script for each host, with a function for each stage")
    func golden() throws {
        let script = try #require(PlanShell.scripts(Sample().plan).first)
        #expect(script.fileName == "rekindle-etcd-1.sh")
        GoldenFile.expect(script.text, in: "plan-etcd-1.sh")
    }

    @Test("can be parsed by a POSIX shell, whatever the names hold", arguments: samples)
    func parses(sample: Sample) throws {
        for plan in [sample.plan, sample.rollback, sample.clean] {
            for script in PlanShell.scripts(plan).map(\.text) + [PlanShell.render(plan)] {
                let check = try Program.run(["sh", "-n"], input: script)
                #expect(check.status == 0, "\(check.output)")
            }
        }
    }

    @Test(
        "has nothing that shellcheck finds",
        .enabled(if: Program.isInstalled("shellcheck"), "shellcheck is not installed"),
        arguments: samples
    )
    func shellcheck(sample: Sample) throws {
        for script in PlanShell.scripts(sample.plan) + PlanShell.scripts(sample.rollback) {
            // SC2016: a `$` in single quotes is what these names are there for
            let check = try Program.run(
                ["shellcheck", "-s", "sh", "-e", "SC2016", "-"],
                input: script.text
            )
            #expect(check.status == 0, "\(check.output)")
        }
    }

    @Test("gives members whose names differ only in odd characters a file each")
    func fileNames() {
        let names = PlanShell.scripts(Sample(names: ["a b", "a/b", "../c"]).plan).map(\.fileName)
        #expect(names == ["rekindle-a_b.sh", "rekindle-a_b-2.sh", "rekindle-.._c.sh"])
    }

    @Test("as one text writes the script of each host to a file, and overwrites none")
    func unpacks() throws {
        let folder = try Scratch()
        let plan = Sample().plan
        try folder.write(PlanShell.render(plan), to: "plan.sh")
        #expect(try Program.run(["sh", "plan.sh"], in: folder.path).status == 0)
        for script in PlanShell.scripts(plan) {
            #expect(try folder.read(script.fileName) == script.text)
        }
        #expect(try Program.run(["sh", "plan.sh"], in: folder.path).status != 0)
    }
}
