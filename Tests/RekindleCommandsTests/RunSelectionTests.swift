import EtcdModel
import Foundation
import RemoteHost
import RestorePlanning
import RunReport
import Testing

@testable import RekindleCommands

/// One state directory with runs of two clusters; the hosts of neither can be reached from here.
private final class TwoClusters: Sendable {
    let folder: StateFolder
    /// The older run, of cluster `lab`.
    let mine = OldRun.restored.id
    /// The newest run, of cluster `staging` unless the test says otherwise.
    let theirs: String

    private init(_ folder: StateFolder, theirs: String) {
        self.folder = folder
        self.theirs = theirs
    }

    static func make(
        cluster: String = "staging",
        subnet: String = "10.99.0"
    ) async throws -> TwoClusters {
        let folder = try StateFolder([.restored])
        let bytes = try OldRun.restored.bytes("plan.json")
        var plan = try PlanJSON.decode(bytes, file: "plan.json")
        plan.cluster = cluster
        let run = try #require(RunID(rawValue: "20261123T101010Z-0000aa"))
        plan.run = run
        for index in plan.targets.indices {
            plan.targets[index].paths.run = run.rawValue
            plan.targets[index].endpoint.host = "\(subnet).\(index + 1)"
            plan.targets[index].member.peerURLs = ["https://\(subnet).\(index + 1):2380"]
            plan.topology.members[index].peerURLs = plan.targets[index].member.peerURLs
        }
        plan.clusterID = plan.topology.clusterID
        _ = try await RunStore(world: World.real(), given: folder.path).begin(plan)
        return TwoClusters(folder, theirs: run.rawValue)
    }

    func inventory(
        _ cluster: String,
        _ subnet: String,
        first: Int = 11,
        file: String
    ) throws
        -> String
    {
        let members = (0...2).map { index in
            let host = "\(subnet).\(first + index)"
            return "  - {name: etcd-\(index + 1), host: \(host), initial-advertise-peer-urls: "
                + "[\"https://\(host):2380\"], advertise-client-urls: [\"https://\(host):2379\"]}"
        }
        let text = "cluster: {name: \(cluster)}\nmembers:\n\(members.joined(separator: "\n"))\n"
        let path = "\(folder.path)/\(file)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    var lab: String {
        get throws { try inventory("lab", "10.87.10", file: "lab.yaml") }
    }
    var staging: String {
        get throws { try inventory("staging", "10.99.0", first: 1, file: "staging.yaml") }
    }

    func run(
        _ words: [String],
        environment: [String: String] = [:],
        in directory: String = "/"
    ) throws -> StateFolder.Result {
        try BuiltProgram.run(
            words + ["--state-dir", folder.path],
            environment: environment.merging(["HOME": folder.path]) { $1 },
            in: directory
        )
    }

    func runs() throws -> [String: Data] {
        try folder.contents().filter { $0.key.hasPrefix("runs/") && !$0.key.hasSuffix("/lock") }
    }
}

@Suite("Which run is meant")
struct RunSelectionTests {
    private static let changing = [["rollback", "--yes"], ["clean", "--yes"], ["resume"]]
    private static let reading = [
        ["report", "--format", "json"], ["runs", "show", "--output", "json"],
        ["runs", "verify", "--output", "json"],
    ]

    @Test("is the newest of the inventory's cluster, not of another's", arguments: reading)
    func newest(words: [String]) async throws {
        let two = try await TwoClusters.make()
        for (inventory, run) in [(try two.lab, two.mine), (try two.staging, two.theirs)] {
            let result = try two.run(words + ["-i", inventory])
            #expect(result.status == 0, "\(result.error)")
            #expect(result.output.contains("\"\(run)\""), "\(result.output)")
        }
        let any = try two.run(words)
        #expect(any.output.contains("\"\(two.theirs)\""), "without an inventory, the newest of all")
    }

    @Test("is none where the inventory's cluster has none, whoever else has", arguments: changing)
    func none(words: [String]) async throws {
        let two = try await TwoClusters.make()
        let before = try two.runs()
        let inventory = try two.inventory("third", "10.98.0", file: "third.yaml")
        let result = try two.run(words + ["-i", inventory])
        #expect(result.status == 64, "\(result.error)")
        #expect(result.flatError.contains("there is no run of cluster third here"))
        #expect(try two.runs() == before)
    }

    @Test("is never one of another cluster than the inventory's", arguments: changing + reading)
    func refused(words: [String]) async throws {
        let two = try await TwoClusters.make()
        let before = try two.runs()
        let result = try two.run(words + [two.theirs, "-i", try two.lab])
        #expect(result.status == 3, "\(result.error)")
        #expect(
            result.flatError.contains("the run is of cluster staging, the inventory of lab"),
            "\(result.error)"
        )
        #expect(result.error.contains("HINT: "))
        #expect(result.output.isEmpty)
        #expect(try two.runs() == before)
    }

    @Test("is never one of another cluster of the same name", arguments: changing)
    func sameName(words: [String]) async throws {
        let two = try await TwoClusters.make(cluster: "lab")
        let result = try two.run(words + [two.theirs, "-i", try two.lab])
        #expect(result.status == 3, "\(result.error)")
        #expect(result.flatError.contains("have no member in common"), "\(result.error)")
        let shown = try two.run(["runs", "show", "-i", try two.lab])
        #expect(shown.output.contains(two.mine), "the newest of the other one is no candidate")
    }

    @Test("and has other members or hosts by now, is shown, and acted on by nobody")
    func moved() async throws {
        let two = try await TwoClusters.make()
        let inventory = try two.lab
        let text = try String(contentsOfFile: inventory, encoding: .utf8)
            .replacingOccurrences(of: "10.87.10.12", with: "10.87.10.99")
        try Data(text.utf8).write(to: URL(filePath: inventory))
        for words in Self.changing {
            for run in [[], [two.mine]] {
                let result = try two.run(words + run + ["-i", inventory])
                #expect(result.status == 3, "\(words): \(result.error)")
                #expect(
                    result.flatError.contains(
                        "etcd-2 is on 10.87.10.12 in the run, and on 10.87.10.99 in the inventory"
                    ),
                    "\(result.error)"
                )
            }
        }
        #expect(try two.run(["runs", "show", "-i", inventory]).output.contains(two.mine))
    }

    @Test("must be named with --yes where there is no inventory")
    func yes() async throws {
        let two = try await TwoClusters.make()
        let before = try two.runs()
        for words in [["rollback", "--yes"], ["clean", "--yes"]] {
            let result = try two.run(words)
            #expect(result.status == 64, "\(result.error)")
            #expect(result.flatError.contains("neither a RUN nor an inventory"))
        }
        let resume = try two.run(["resume"])
        #expect(resume.status == 64, "\(resume.error)")
        #expect(resume.flatError.contains("2 clusters: lab, staging"), "\(resume.error)")
        #expect(try two.runs() == before)
    }

    @Test("is of the cluster of $REKINDLE_INVENTORY, or of ./inventory.yaml")
    func otherInventories() async throws {
        let two = try await TwoClusters.make()
        let words = ["runs", "show", "--output", "json"]
        let named = try two.run(words, environment: ["REKINDLE_INVENTORY": try two.lab])
        #expect(named.output.contains("\"\(two.mine)\""), "\(named.error)")
        _ = try two.inventory("lab", "10.87.10", file: "inventory.yaml")
        let found = try two.run(words, in: two.folder.path)
        #expect(found.output.contains("\"\(two.mine)\""), "\(found.error)")
        let refused = try two.run(["rollback", two.theirs, "--yes"], in: two.folder.path)
        #expect(refused.status == 3, "\(refused.error)")
        // whoever only looks, and names it, need not go elsewhere
        let shown = try two.run(words + [two.theirs], in: two.folder.path)
        #expect(shown.status == 0, "\(shown.error)")
    }

    @Test("and the list is of the inventory's cluster, unless all are asked for")
    func list() async throws {
        let two = try await TwoClusters.make()
        let mine = try two.run(["runs", "-i", try two.lab])
        #expect(mine.output.contains(two.mine) && !mine.output.contains(two.theirs))
        #expect(mine.flatError.contains("`rekindle runs --all`"), "\(mine.error)")
        let all = try two.run(["runs", "--all", "-i", try two.lab])
        #expect(all.output.contains(two.mine) && all.output.contains(two.theirs))
        #expect(try two.run(["runs"]).output.contains(two.theirs))
    }

    @Test("cannot do without a member that it does not have, nor without a reason")
    func fences() async throws {
        let two = try await TwoClusters.make()
        let inventory = try two.staging
        for (fence, says) in [
            ("etcd-9=burnt", "there is no such member"), ("etcd-3", "has no reason"),
            ("etcd-3= ", "has no reason"),
        ] {
            let result = try two.run(["resume", "-i", inventory, "--fence", fence])
            #expect(result.status == 64, "\(result.error)")
            #expect(result.flatError.contains(says), "\(result.error)")
        }
        let many = ["--fence", "etcd-2=burnt", "--fence", "etcd-3=burnt"]
        for command in [["resume"], ["rollback", "--yes"]] {
            let result = try two.run(command + ["-i", inventory] + many)
            #expect(result.status == 3, "\(result.error)")
            #expect(result.flatError.contains("1 of 3 members would"), "\(result.error)")
            #expect(result.flatError.contains("a quorum is 2"), "\(result.error)")
        }
        let finished = ["rollback", "-i", try two.lab, "--yes", "--fence", "etcd-1=a", "--fence"]
        let result = try two.run(finished + ["etcd-2=b"])
        #expect(result.status == 3, "\(result.error)")
        #expect(result.flatError.contains("1 of 3 members would get their old data back"))
    }
}
