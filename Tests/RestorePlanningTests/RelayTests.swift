import RemoteHost
import RestorePlanning
import TestSupport
import Testing

@Suite("The relay of a plan")
struct RelayTests {
    private func plan(_ settings: RelaySettings?, unable: Set<Int> = []) -> Plan {
        var playbook = Playbook.restoreCluster
        playbook.relay = settings
        return Sample.plan(playbook: playbook) { facts, number in
            facts.tools.canRelay = !unable.contains(number)
        }
    }

    @Test("comes right before the uploads, which stay as they are")
    func stages() throws {
        let direct = plan(nil)
        let relayed = plan(RelaySettings())
        let step = try #require(relayed.steps.first { $0.name == "distribute-snapshot" })
        #expect(step.stages.map(\.title) == ["hand on", "copy and prove"])
        let before = direct.steps.first { $0.name == "distribute-snapshot" }
        #expect(step.stages.last == before?.stages.last)
        let hops = try #require(relayed.relay).hops
        #expect(hops.map(\.member) == relayed.targets.map(\.name))
        #expect(hops.allSatisfy { $0.port == 2380 })
        #expect(relayed.playbookLines?.relay == RelaySettings())
        #expect(direct.playbookLines?.relay == nil)
    }

    @Test("goes round a host without the programs, and is none for one host")
    func unable() {
        #expect(
            plan(RelaySettings(), unable: [2]).relay?.hops.map(\.member)
                == ["etcd-1", "etcd-3"]
        )
        #expect(plan(RelaySettings(), unable: [2, 3]).relay == nil)
    }

    @Test("listens on the port that the playbook gives, at the address its peers know")
    func port() throws {
        let hops = try #require(plan(RelaySettings(port: 2390)).relay).hops
        for hop in hops {
            #expect(hop.port == 2390)
            #expect(hop.open.contains { $0.hasSuffix("2390") })
        }
    }

    @Test(
        "takes keys only as ssh-keygen writes them",
        arguments: [
            ("keys ssh-ed25519 AAAA+/= ssh-ed25519 BBBB", true),
            ("keys ssh-ed25519 AAAA", false),
            ("keys ssh-ed25519 AA\"A ssh-ed25519 BBBB", false),
            ("keys ssh-rsa AAAA ssh-ed25519 BBBB", false),
            ("at 5", false),
        ]
    )
    func keys(_ line: String, _ isKeys: Bool) {
        #expect((RelayKeys(line: line) != nil) == isKeys)
    }

    @Test("its scripts are what a shell can read")
    func syntax() throws {
        let relay = try #require(plan(RelaySettings()).relay)
        let texts = [relay.introduction, relay.receiver] + relay.hops.map { $0.open[2] }
        for text in texts {
            let line = "sh -n -c \(ShellQuoting.quoted(text))"
            let result = try ShellProcess(line).finish()
            #expect(result.status == 0, "\(result.errorText)")
        }
    }

    @Test(
        "runs nothing that a host before it makes up",
        arguments: ["take $(touch made)", "take 2; touch made", "reach 2", "sh", "take ../x", ""]
    )
    func injection(_ sent: String) throws {
        let relay = try #require(plan(RelaySettings()).relay)
        let script = """
            d=$(mktemp -d) && cd "$d" && printf '%s\\n' "$1" >receive || exit 1
            SSH_ORIGINAL_COMMAND=$2 sh "$d/receive" </dev/null >/dev/null 2>&1; s=$?
            [ ! -e made ] || s=0
            cd / && rm -rf "$d"; exit $s
            """
        let words = ["sh", "-c", script, "sh", relay.receiver, sent]
        let line = words.map(ShellQuoting.quoted).joined(separator: " ")
        let result = try ShellProcess(line).finish()
        #expect(result.status == 64, "\(result.errorText)")
    }
}
