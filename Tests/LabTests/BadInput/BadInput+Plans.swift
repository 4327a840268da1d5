import Foundation
import Testing

extension BadInput {
    /// Plan files: whole, of this version, and of the world as it is now.
    static let plans: [BadInput] = [
        plan("a plan that is not there", status: 65) { bench in
            let path = bench.path("none.json")
            return (path, ["cannot read the plan \(path)", "no such file", "--format json --out"])
        },
        plan("a plan that is not JSON", status: 65) { bench in
            let path = try bench.write("Plan of cluster lab\n", "plan.txt")
            return (path, [path, "not a plan", "not JSON", "--format json"])
        },
        plan("an inventory in the plan's place", status: 65) { bench in
            (try bench.lab.inventory, ["not a plan", "not JSON"])
        },
        edited("a plan of another version", { $0["version"] = 99 }, ["version 99", "version 1"]),
        edited("a plan without its members", { $0["targets"] = nil }, ["damaged", "targets"]),
        edited(
            "a plan with a member twice",
            { plan in
                guard let targets = plan["targets"] as? [Any] else { return }
                plan["targets"] = targets + targets.prefix(1)
            },
            ["damaged", "twice"]
        ),
        edited(
            "a plan whose cluster ID was edited",
            { $0["clusterID"] = "1" },
            ["damaged", "cluster ID"]
        ),
        plan("a plan with a command that was edited", status: 3, by: .afterwards) { bench in
            let text = try String(contentsOfFile: bench.plan(), encoding: .utf8)
                .swapping("REKINDLE_OFFSET:-0", "REKINDLE_OFFSET:-1")
            let path = try bench.write(text, "plan.json")
            return (
                path,
                [
                    "no longer matches \(path); no host was changed",
                    "- distribute-snapshot would be done in another way now", "make a new plan",
                ]
            )
        },
        plan("a plan that was made offline", status: 65) { bench in
            let path = bench.path("offline.json")
            let made = try bench.rekindle([
                "plan", "-i", bench.lab.inventory, "--snapshot", bench.snapshot, "--offline",
                "--format", "json", "--out", path,
            ])
            try #require(made.status == 0, "\(made.errorText)")
            return (path, ["\(path) was made offline", "without --offline"])
        },
        plan("a plan whose snapshot is another one now", status: 65) { bench in
            let text = try String(contentsOfFile: bench.plan(), encoding: .utf8)
            let other = bench.path("other.db")
            try bench.lab.script("snapshot", [other])
            let named = bench.snapshot.replacing("/", with: "\\/")
            let path = try bench.write(
                text.contains(named)
                    ? text.swapping(named, other.replacing("/", with: "\\/"))
                    : text.swapping(bench.snapshot, other),
                "plan.json"
            )
            return (path, [other, "is not the snapshot that \(path) was made for", "SHA-256"])
        },
        BadInput(
            "a plan of another cluster",
            status: 3,
            by: .afterwards,
            commands: [["restore", "--yes"]]
        ) { bench in
            let inventory = try bench.inventory("name: lab", "name: other")
            return Attempt(
                arguments: ["-i", inventory, "--plan", try bench.plan()],
                says: [
                    "a plan for another cluster than the inventory's",
                    "the run is of cluster lab, the inventory of other",
                ]
            )
        },
        BadInput(
            "a plan whose run was begun already",
            status: 3,
            commands: [["restore", "--yes"]]
        ) { bench in
            let plan = try bench.plan()
            let read = try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(filePath: plan))
            )
            let run = ((read as? [String: Any])?["run"] as? String) ?? "no run"
            let state = try bench.makeFolder("state")
            try FileManager.default.createDirectory(
                atPath: "\(state)/runs/\(run)",
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            return Attempt(
                arguments: ["-i", try bench.lab.inventory, "--plan", plan, "--state-dir", state],
                says: [
                    "run \(run) of this plan was begun already", "rekindle runs show \(run)",
                    "make a new plan",
                ]
            )
        },
    ]

    private static func plan(
        _ name: String,
        status: Int32,
        by judge: Judge = .files,
        _ make: @escaping @Sendable (Bench) throws -> (path: String, says: [String])
    ) -> BadInput {
        BadInput(name, status: status, by: judge, commands: [["restore", "--yes"]]) { bench in
            let (path, says) = try make(bench)
            return Attempt(arguments: ["-i", try bench.lab.inventory, "--plan", path], says: says)
        }
    }

    private static func edited(
        _ name: String,
        _ edit: @escaping @Sendable (inout [String: Any]) -> Void,
        _ says: [String]
    ) -> BadInput {
        plan(name, status: 65) { bench in
            let made = try Data(contentsOf: URL(filePath: bench.plan()))
            var plan = (try JSONSerialization.jsonObject(with: made) as? [String: Any]) ?? [:]
            edit(&plan)
            let path = try bench.write(
                try JSONSerialization.data(withJSONObject: plan),
                "plan.json"
            )
            return (path, [path] + says)
        }
    }
}
