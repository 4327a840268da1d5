package import ClusterInventory
import Yams

/// YAML to `Playbook`, with every problem of the file at once.
package enum PlaybookReader {
    package static func read(text: String, file: String) -> (Playbook?, [Diagnostic]) {
        var reader = Reader(file: file)
        let playbook = reader.playbook(text)
        return (reader.diagnostics.isEmpty ? playbook : nil, reader.diagnostics)
    }

    private struct Reader {
        let file: String
        var diagnostics: [Diagnostic] = []

        mutating func fail(_ node: Node?, _ message: String, hint: String? = nil) {
            diagnostics.append(
                Diagnostic(
                    .error,
                    message,
                    file: file,
                    line: node?.mark?.line,
                    column: node?.mark?.column,
                    hint: hint
                )
            )
        }

        mutating func playbook(_ text: String) -> Playbook? {
            let root: Node?
            do {
                root = try compose(yaml: text)
            } catch {
                let (problem, mark) = Self.explained(error)
                diagnostics.append(
                    Diagnostic(
                        .error,
                        "not valid YAML\(problem.map { ": \($0)" } ?? "")",
                        file: file,
                        line: mark?.line,
                        column: mark?.column,
                        hint: "look at this line and the one before it; "
                            + "playbooks/restore-cluster.yaml shows the form"
                    )
                )
                return nil
            }
            guard let root, let mapping = root.mapping else {
                fail(
                    root,
                    "a playbook is a mapping with name, description and steps",
                    hint: Self.start
                )
                return nil
            }
            for (key, _) in mapping where !Self.keys.contains(key.string ?? "") {
                fail(
                    key,
                    "unknown key \"\(key.string ?? "?")\"",
                    hint: "a playbook has \(Self.keys.joined(separator: ", "))"
                )
            }
            guard let name = mapping["name"]?.string, !name.isEmpty else {
                fail(root, "the playbook has no name", hint: "add `name: …`")
                return nil
            }
            guard let steps = mapping["steps"]?.sequence, !steps.isEmpty else {
                fail(mapping["steps"] ?? root, "the playbook has no steps", hint: Self.start)
                return nil
            }
            let lines = steps.compactMap { line($0) }
            let playbook = Playbook(
                name: name,
                summary: mapping["description"]?.string ?? "",
                lines: lines
            )
            guard diagnostics.isEmpty else { return nil }
            for fault in playbook.faults() {
                diagnostics.append(
                    Diagnostic(
                        .error,
                        fault.message,
                        file: file,
                        line: fault.line,
                        column: fault.line == nil ? nil : 1,
                        hint: fault.hint
                    )
                )
            }
            return playbook
        }

        /// `- stop-members` or `- distribute-snapshot: {retries: 5, timeout: 30m}`.
        private mutating func line(_ node: Node) -> Playbook.Line? {
            let nameNode: Node
            var settings: Node?
            if let mapping = node.mapping {
                guard mapping.count == 1, let (key, value) = mapping.first else {
                    fail(
                        node,
                        "a step is one name, with its settings behind it",
                        hint: "write it as `- distribute-snapshot: {retries: 5, timeout: 30m}`"
                    )
                    return nil
                }
                nameNode = key
                settings = value
            } else {
                nameNode = node
            }
            let name = nameNode.string ?? ""
            guard let step = StepCatalog.step(named: name) else {
                fail(
                    nameNode,
                    "unknown step \"\(name)\"",
                    hint: "the steps are "
                        + StepCatalog.steps.map(\.name).joined(separator: ", ")
                )
                return nil
            }
            var limits = step.defaults
            if let settings, settings.null == nil { read(settings, step: name, into: &limits) }
            return Playbook.Line(step: step, limits: limits, line: nameNode.mark?.line)
        }

        private mutating func read(_ node: Node, step: String, into limits: inout StepLimits) {
            guard let mapping = node.mapping else {
                fail(
                    node,
                    "the settings of \(step) are not a mapping",
                    hint: "write them as {retries: 5, timeout: 30m}"
                )
                return
            }
            for (key, value) in mapping {
                switch key.string ?? "" {
                case "retries":
                    guard let retries = value.int, (0...100).contains(retries) else {
                        fail(
                            value,
                            "retries of \(step) is not a number: \"\(value.string ?? "?")\"",
                            hint: "write a number from 0 to 100"
                        )
                        continue
                    }
                    limits.retries = retries
                case "timeout":
                    guard let timeout = value.string.flatMap(DurationText.parse)
                    else {
                        fail(
                            value,
                            "timeout of \(step) is not a time: \"\(value.string ?? "?")\"",
                            hint: "write it as 45s, 15m, 6h or 1h30m"
                        )
                        continue
                    }
                    limits.timeoutSeconds = Int(timeout.components.seconds)
                default:
                    fail(
                        key,
                        "unknown setting \"\(key.string ?? "?")\" of \(step)",
                        hint: "a step has retries and timeout"
                    )
                }
            }
        }

        private static let keys = ["name", "description", "steps"]

        private static let start = "begin with a copy of playbooks/restore-cluster.yaml"

        private static func explained(_ error: any Error) -> (problem: String?, mark: Mark?) {
            switch error {
            case YamlError.scanner(_, let problem, let mark, _),
                YamlError.parser(_, let problem, let mark, _),
                YamlError.composer(_, let problem, let mark, _):
                (problem, mark)
            case YamlError.duplicatedKeysInMapping(let keys, let context):
                ("a key is given twice: \(keys.sorted().joined(separator: ", "))", context.mark)
            default: (nil, nil)
            }
        }
    }
}
