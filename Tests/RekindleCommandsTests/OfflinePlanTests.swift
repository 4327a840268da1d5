import EtcdModel
import Testing

/// What needs no host is checked without one: an offline plan must not be better than one of the hosts.
@Suite("rekindle plan --offline")
struct OfflinePlanTests {
    @Test(
        "refuses to leave out so many members that the others are no quorum",
        arguments: [
            (3, 2, "1 of 3 members would be restored, and a quorum is 2", "fence no more than 1"),
            (3, 3, "0 of 3 members would be restored, and a quorum is 2", "fence no more than 1"),
            (5, 3, "2 of 5 members would be restored, and a quorum is 3", "fence no more than 2"),
            (4, 2, "2 of 4 members would be restored, and a quorum is 3", "fence no more than 1"),
            (2, 1, "1 of 2 members would be restored, and a quorum is 2", "no member to spare"),
            (1, 1, "0 of 1 members would be restored, and a quorum is 1", "no member to spare"),
        ]
    )
    func quorum(total: Int, fenced: Int, fact: String, hint: String) throws {
        let folder = try OfflineFolder(members: (1...total).map { "m\($0)" })
        let flags = (1...fenced).flatMap { ["--fence", "m\($0)=disk lost"] }
        for format in ["text", "json", "markdown", "shell"] {
            let result = try folder.rekindle(
                ["plan", "--offline", "--snapshot", "s.db", "--format", format] + flags
            )
            #expect(result.status == 3, "\(result.error)")
            #expect(result.output == "")
            #expect(result.flatError.contains(fact), "\(result.error)")
            #expect(result.flatError.contains(hint), "\(result.error)")
        }
    }

    @Test(
        "says what the restored cluster can still lose",
        arguments: [
            (3, 1, "with one more lost the cluster stops"), (5, 1, "it can lose 1 more"),
            (5, 2, "with one more lost the cluster stops"), (7, 1, "it can lose 2 more"),
        ]
    )
    func spare(total: Int, fenced: Int, words: String) throws {
        let folder = try OfflineFolder(members: (1...total).map { "m\($0)" })
        let flags = (1...fenced).flatMap { ["--fence", "m\($0)=disk lost"] }
        let result = try folder.rekindle(["plan", "--offline", "--snapshot", "s.db"] + flags)
        #expect(result.status == 0, "\(result.error)")
        #expect(result.flatOutput.contains(words), "\(result.output)")
    }

    @Test("refuses a fence where the token is fixed")
    func token() throws {
        let folder = try OfflineFolder(cluster: "name: prod, initial-cluster-token: tok-1")
        let result = try folder.plan("--fence", "m1=disk lost")
        #expect(result.status == 3, "\(result.output)")
        #expect(result.flatError.contains("initial-cluster-token is fixed"))
        #expect(try folder.plan().status == 0)
    }

    @Test("tells of a snapshot of other members, in every form for a person")
    func otherMembers() throws {
        let folder = try OfflineFolder(members: ["a", "b", "c"])
        let result = try folder.plan()
        #expect(result.status == 0, "\(result.error)")
        let fact = "the snapshot is of m1, m2, m3, the inventory has a, b, c"
        #expect(result.flatOutput.contains(fact), "\(result.output)")
        #expect(try folder.plan("--format", "markdown").flatOutput.contains(fact))
        #expect(try folder.plan("--format", "shell").output.contains(fact))
        #expect(try !OfflineFolder().plan().flatOutput.contains("the inventory has m1"))
    }

    @Test("refuses a playbook for another number of members, and one for a group that there is not")
    func playbook() throws {
        let folder = try OfflineFolder()
        let single = try folder.plan("--playbook", "restore-single-member")
        #expect(single.status == 3 && single.error.contains("is for a cluster of 1"))
        let kubernetes = try folder.plan("--playbook", "restore-kubernetes")
        #expect(kubernetes.status == 3 && kubernetes.error.contains("control-plane"))
    }

    @Test("cannot take a lock over that it does not see")
    func takeOver() throws {
        let result = try OfflineFolder().plan("--take-over", "20261122T164512Z-3fa9c1")
        #expect(result.status == 64)
        #expect(result.error.contains("both --offline and --take-over"))
    }

    // MARK: checks of a playbook

    private static let secret = "correct horse battery"
    private static let playbook = """
        name: with-checks
        steps:
          - stop-members
          - distribute-snapshot
          - archive-data
          - restore-snapshot
          - set-ownership
          - start-members
          - verify-cluster
        checks:
          - key: /there
          - {key: /password, value: "\(secret)"}
          - {prefix: /users/, at-least: 12}
          - command: [/usr/local/bin/smoke-test, "--all of it"]
        """

    @Test(
        "shows what a playbook's checks ask, and what they run as root, but no value",
        arguments: [false, true]
    )
    func checks(isVerbose: Bool) throws {
        let folder = try OfflineFolder(playbook: Self.playbook)
        let digest = SHA256Text.hex(of: Array(Self.secret.utf8))
        for format in ["text", "json", "markdown", "shell"] {
            var words = [
                "plan", "--offline", "--snapshot", "s.db", "--playbook", "playbook.yaml",
                "--format", format,
            ]
            if isVerbose { words.append("-v") }
            let result = try folder.rekindle(words)
            #expect(result.status == 0, "\(result.error)")
            #expect(!(result.output + result.error).contains(Self.secret), "\(format)")
            // lines are broken at the width of a terminal
            let text = result.output.filter { !$0.isWhitespace }
            for part in ["/usr/local/bin/smoke-test", "--allofit", "/there", "/users/", digest] {
                let shown = format == "json" ? part.replacing("/", with: "/") : part
                #expect(text.contains(shown), "\(format) lacks \(part)")
            }
        }
    }
}
