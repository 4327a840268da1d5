import Foundation
import Testing

/// What `plan` prints for a person is what is typed here, on real hosts, to the last line of the rollback.
@Suite(
    "A plan that is followed by hand",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("printed", etcd: "3.5")
)
struct PrintedPlanTests {
    @Test(
        "restores the cluster, and with its rollback brings the old one back",
        arguments: zip([true, false], ["shell", "markdown"])
    )
    func followed(isOffline: Bool, format: String) throws {
        let lost = try LostCluster(.current)
        let words =
            ["plan", "--snapshot", lost.snapshot, "--format", format]
            + (isOffline ? ["--offline"] : [])
        let plan = try lost.lab.rekindle(try lost.arguments(words))
        try #require(plan.status == 0, "\(plan.errorText)")
        let person: any Person
        if format == "shell" {
            person = try ScriptReader(lost, plan.outputText)
        } else {
            person = RunbookReader(lost, plan.outputText)
        }
        try person.restore()
        try lost.requireRestored()
        // etcd ran on every host, as the look of an offline plan said
        try person.rollBack()
        try lost.requireOldCluster()
    }

    private protocol Person {
        func restore() throws
        func rollBack() throws
    }

    /// Copies each host's script there, and runs stage after stage on all hosts.
    private struct ScriptReader: Person {
        let lost: LostCluster
        let stages: [String]
        let members: [Int]

        init(_ lost: LostCluster, _ text: String) throws {
            self.lost = lost
            members = try lost.lab.members
            try Data(text.utf8).write(to: URL(filePath: lost.scratch.file("plan.sh")))
            try Program.require(
                "/bin/sh",
                ["-c", "cd -- \"$1\" && sh plan.sh", "sh", lost.scratch.path]
            )
            for member in members {
                try Self.exec(
                    lost,
                    member,
                    "cat >/root/by-hand.sh",
                    reading: lost.scratch.file("rekindle-etcd-\(member).sh")
                )
            }
            stages = try lost.lab.exec(1, "sh /root/by-hand.sh").outputText
                .split(separator: "\n").map(String.init)
        }

        func restore() throws {
            let steps = stages.filter { $0.hasPrefix("step_") }
            for stage in stages.filter({ $0 == "look" }) + steps { try pass(stage) }
        }

        func rollBack() throws {
            for stage in stages where stage.hasPrefix("rollback_") {
                // who noted that etcd ran passes the one stage, and not the other
                if stage.contains("only_where_etcd_did_not_run") { continue }
                try pass(stage)
            }
        }

        private func pass(_ stage: String) throws {
            for member in members {
                try Self.exec(
                    lost,
                    member,
                    "sh /root/by-hand.sh \(stage)",
                    reading: lost.snapshot
                )
            }
            if stage.contains("start") { try lost.awaitServing() }
        }

        static func exec(
            _ lost: LostCluster,
            _ member: Int,
            _ script: String,
            reading file: String
        ) throws {
            try Program.require(
                "/bin/sh",
                [
                    "-c", "exec \"$1/lab/exec\" --lab \"$2\" \"etcd-$3\" sh -c \"$4\" <\"$5\"",
                    "sh",
                    Lab.root, lost.lab.name, "\(member)", script, file,
                ]
            )
        }
    }

    /// Pastes every block into root's shell on the hosts that the runbook ticks off above it.
    private struct RunbookReader: Person {
        struct Block {
            var hosts: [String]
            var heading: String
            var text: String
        }

        let lost: LostCluster
        let blocks: [Block]

        init(_ lost: LostCluster, _ text: String) {
            self.lost = lost
            var blocks: [Block] = []
            var (hosts, heading, lines) = ([String](), "", [String]())
            var isCode = false
            var hasCode = false
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if isCode {
                    if line == "```" {
                        isCode = false
                        blocks.append(
                            Block(
                                hosts: hosts,
                                heading: heading,
                                text: lines.joined(separator: "\n")
                            )
                        )
                    } else {
                        lines.append(String(line))
                    }
                } else if line == "```sh" {
                    (isCode, hasCode, lines) = (true, true, [])
                } else if line.hasPrefix("#") {
                    (hosts, heading, hasCode) = ([], String(line), false)
                } else if let name = Self.host(line) {
                    // hosts side by side share the blocks that follow
                    if hasCode { hosts = [] }
                    hosts.append(name)
                    hasCode = false
                }
            }
            self.blocks = blocks
        }

        /// `- [ ] **etcd-1** (10.87.0.11)`, or the same without the box.
        private static func host(_ line: Substring) -> String? {
            let rest = line.trimmingPrefix("- [ ] ")
            guard rest.hasPrefix("**etcd-") else { return nil }
            return rest.dropFirst(2).split(separator: "*").first.map(String.init)
        }

        func restore() throws { try follow(blocks.prefix { !isOfRollback($0) }) }

        func rollBack() throws {
            try follow(
                blocks.drop { !isOfRollback($0) }
                    .filter { !$0.heading.contains("only where etcd did not run") }
            )
        }

        private func isOfRollback(_ block: Block) -> Bool {
            block.heading.hasPrefix("## R") || block.heading.hasPrefix("### R")
        }

        /// What is to be pasted once, before anything else.
        private var functions: String {
            blocks.prefix { $0.hosts.isEmpty }.map(\.text).joined(separator: "\n")
        }

        private func follow(_ blocks: some Sequence<Block>) throws {
            var ctl: [String: String] = [:]
            for block in blocks where !block.hosts.isEmpty {
                if block.text.hasPrefix("ssh ") {
                    try Program.require(
                        "\(Lab.root)/lab/run",
                        ["--lab", lost.lab.name, "sh", "-c", block.text]
                    )
                    continue
                }
                for host in block.hosts {
                    if block.text.hasPrefix("ctl()") {
                        ctl[host] = block.text
                        continue
                    }
                    guard let member = host.split(separator: "-").last.flatMap({ Int($0) }) else {
                        continue
                    }
                    let script = [functions, ctl[host] ?? "", block.text].joined(separator: "\n")
                    try lost.lab.exec(member, script)
                }
                if block.heading.contains("start") { try lost.awaitServing() }
            }
        }
    }
}

extension LostCluster {
    /// A person looks whether etcd is up before the next stage; where only some members were started, it is not.
    fileprivate func awaitServing() throws {
        _ = Watchdog.wait(atMost: 30, every: 200_000) {
            (try? lab.etcdctl(["endpoint", "health"])) != nil
        }
    }
}
