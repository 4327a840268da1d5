import FoundationEssentials
import RestorePlanning
import Testing

/// A playbook's page in `docs/playbooks`, from what its steps say of themselves.
struct PlaybookPage {
    let playbook: Playbook

    var text: String {
        let rows = playbook.lines.enumerated().map { index, line in
            "| \(index + 1) | [\(line.step.name)](#\(line.step.name)) | \(line.step.summary) | "
                + (line.step is RecoverSnapshot
                    ? "| |" : "\(time(line.limits.timeoutSeconds)) | \(line.limits.retries) |")
        }
        return """
            # \(playbook.name)

            <!-- Written by `UPDATE_GOLDEN=1 swift test --filter PlaybookPageTests` from the steps' own documentation. -->

            \(playbook.summary)

            ```
            \(command)
            ```

            All members pass a step before any begins the next. What the steps run on each host, command for command, is in the plan:
            `\(planning)`. A copy of [the playbook](../../playbooks/\(playbook.name).yaml) \
            can give a step other limits.

            | | step | does | one try takes at most | further tries |
            | --- | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))

            \(sections.joined(separator: "\n"))
            """
    }

    private var command: String {
        if playbook.isDrill { return "rekindle drill --snapshot S" }
        return "rekindle restore\(playbook.recoversSnapshot ? "" : " --snapshot S")" + named
    }

    /// The default needs no name.
    private var named: String {
        playbook.name == Playbook.builtIn.first?.name ? "" : " --playbook \(playbook.name)"
    }

    private var planning: String {
        playbook.isDrill
            ? "rekindle drill --snapshot S --dry-run -v"
            : "rekindle plan --snapshot S\(named) --format markdown"
    }

    /// Each step once, and each hook with its commands.
    private var sections: [String] {
        var told: Set<String> = []
        var scripts: Set<String> = []
        return playbook.lines.map { line in
            (told.insert(line.step.name).inserted ? section(line) : "")
                + ((line.step as? RunHook).map { commands($0.hook, &scripts) } ?? "")
        }
    }

    /// A script that several hooks share is told once.
    private func commands(_ hook: Hook, _ told: inout Set<String>) -> String {
        let script = hook.command.count > 2 ? hook.command[2] : ""
        let name = hook.command.count > 3 ? "Called as `\(hook.command[3])`.\n" : ""
        let text =
            told.insert(script).inserted ? "```sh\n\(script)```\n\n" : "The same script as above. "
        return "\n### \(hook.words)\n\n\(text)\(name)"
    }

    private func section(_ line: Playbook.Line) -> String {
        let step = line.step
        let conditions = [
            ("Before it", step.requires), ("Only before", step.excludes),
            ("After it", step.establishes),
        ].filter { !$0.1.isEmpty }
            .map { title, conditions in "- \(title): \(words(conditions)).\n" }
        return "## \(step.name)\n\n\(StepDocumentation.text(of: step))\n\n\(conditions.joined())"
    }

    private func words(_ conditions: Set<Condition>) -> String {
        Condition.allCases.filter(conditions.contains).map(\.rawValue).joined(separator: "; ")
    }

    private func time(_ seconds: Int) -> String {
        seconds.isMultiple(of: 60) ? "\(seconds / 60) min" : "\(seconds) s"
    }
}

/// The doc comments of `Steps/`, which are their documentation for users.
enum StepDocumentation {
    private static let folders = ["Steps", "Hooks"].map {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/RestorePlanning/\($0)").standardizedFileURL.path
    }

    /// Empty where the step's type has none.
    static func text(of step: any Step) -> String {
        let declaration = "package struct \(type(of: step)): Step"
        let files = folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
                .map { "\(folder)/\($0)" }
        }
        for file in files {
            guard let data = FileManager.default.contents(atPath: file) else {
                continue
            }
            let lines = String(decoding: data, as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            guard let line = lines.firstIndex(where: { $0.hasPrefix(declaration) }) else {
                continue
            }
            return lines[..<line].reversed().prefix { $0.hasPrefix("///") }.reversed()
                .map { String($0.dropFirst(3).drop { $0 == " " }) }.joined(separator: "\n")
        }
        return ""
    }
}
