package import ClusterInventory

/// YAML to `Playbook`, with every problem of the file at once.
package enum PlaybookReader {
    /// Reads the bytes of a file; messages name it as it is given.
    ///
    /// - Returns: the playbook, or nil where there is a finding; and the findings in the order of
    ///   the file.
    package static func read(_ bytes: [UInt8], file: String) -> (Playbook?, [Diagnostic]) {
        var findings = Findings(file: file)
        let example = "playbooks/restore-cluster.yaml"
        guard let root = YAMLParser.parse(bytes, example: example, findings: &findings) else {
            return (nil, findings.diagnostics)
        }
        let playbook = assemble(root, findings: &findings)
        return (findings.hasErrors ? nil : playbook, findings.diagnostics)
    }

    private static func assemble(_ root: YAMLValue, findings: inout Findings) -> Playbook? {
        guard
            let top = YAMLSection(
                root,
                name: "the playbook",
                keys: [
                    "name", "description", "safety-snapshot", "distribute", "relay-port",
                    "bump-revision", "members", "steps", "checks",
                ],
                findings: &findings
            )
        else { return nil }
        top.require("name", hint: "give it a name: plans and reports show it", findings: &findings)
        top.require("steps", hint: stepsHint, findings: &findings)
        let name = top.text("name", findings: &findings)
        let description = top.text("description", findings: &findings)
        let safety = top.text("safety-snapshot", findings: &findings)
        if let safety, safety.value != "true", safety.value != "false" {
            findings.error(
                "\"safety-snapshot\" must be true or false, not \(safety.value.quotedForMessage)",
                at: safety.place,
                hint: "true, which it is when left out, saves what still runs before it is stopped"
            )
        }
        let entries = steps(top, findings: &findings)
        let playbook = Playbook(
            name: name?.value ?? "",
            summary: description?.value ?? "",
            lines: entries.compactMap { $0 },
            savesSafetySnapshot: safety?.value != "false",
            relay: relay(top, findings: &findings),
            checks: DataCheckReader.read(top.value("checks"), findings: &findings),
            revisionBump: revisionBump(top, findings: &findings),
            memberCount: top.number("members", in: 1...100, findings: &findings)?.value
        )
        // with a step that nobody can guess, every fault after it would be a guess as well
        if !entries.isEmpty, !entries.contains(where: { $0 == nil }) {
            for fault in playbook.faults() {
                findings.error(fault.message, at: fault.place, hint: fault.hint)
            }
        }
        return playbook
    }

    /// `bump-revision: auto` or a number.
    private static func revisionBump(_ top: YAMLSection, findings: inout Findings) -> RevisionRaise?
    {
        guard let text = top.text("bump-revision", findings: &findings) else { return nil }
        if let raise = RevisionRaise(text.value) { return raise }
        findings.error(
            "\"bump-revision\" must be auto or a whole number, not "
                + text.value.quotedForMessage,
            at: text.place,
            hint:
                "auto raises the revision by \(RevisionBump.advised), as etcd advises, or further "
                + "if clients have seen higher ones; a number is at most "
                + "\(RevisionBump.range.upperBound)"
        )
        return nil
    }

    /// `distribute: relay` and `relay-port: N`.
    private static func relay(_ top: YAMLSection, findings: inout Findings) -> RelaySettings? {
        let way = top.text("distribute", findings: &findings)
        let port = top.number("relay-port", in: 1...65535, findings: &findings)
        switch way?.value {
        case "relay": return RelaySettings(port: port?.value)
        case "direct", nil:
            if let port {
                findings.error(
                    "\"relay-port\" is of no use without a relay",
                    at: port.place,
                    hint: "add `distribute: relay`, or leave it out"
                )
            }
        case .some(let other):
            findings.error(
                "\"distribute\" must be direct or relay, not \(other.quotedForMessage)",
                at: way?.place,
                hint: "direct, which it is when left out, sends the snapshot to each host; relay "
                    + "sends it to one, and on from host to host"
            )
        }
        return nil
    }

    /// The steps in order, nil for one that cannot be told.
    private static func steps(
        _ top: YAMLSection,
        findings: inout Findings
    ) -> [Playbook.Line?] {
        guard let value = top.value("steps") else { return [] }
        guard case .list(let values) = value.content else {
            findings.error(
                "\"steps\" must be a list, not \(value.kind)",
                at: value.place,
                hint: "begin each step with \"- \""
            )
            return []
        }
        if values.isEmpty { findings.error("there are no steps", at: value.place, hint: stepsHint) }
        return values.map { line($0, findings: &findings) }
    }

    private static let stepsHint =
        "the steps are \(stepNames.joined(separator: ", "))"

    private static let stepNames = StepCatalog.steps.map(\.name) + [RunHook.word]

    /// `- stop-members` or `- distribute-snapshot: {retries: 5, timeout: 30m}`.
    private static func line(_ value: YAMLValue, findings: inout Findings) -> Playbook.Line? {
        let name: Located<String>
        var settings: YAMLValue?
        switch value.content {
        case .scalar(let text):
            name = Located(text, at: value.place)
        case .mapping(let entries) where entries.count == 1:
            name = entries[0].key
            settings = entries[0].value
        case .mapping, .list, .null:
            findings.error(
                "a step is one name, with its settings behind it",
                at: value.place,
                hint: "as `- stop-members`, or `- distribute-snapshot: {retries: 5, timeout: 30m}`"
            )
            return nil
        }
        if name.value == RunHook.word {
            return HookReader.read(settings, at: name.place, findings: &findings)
        }
        guard let step = step(name, findings: &findings) else { return nil }
        var limits = step.defaults
        if let settings, step is RecoverSnapshot {
            findings.error(
                "\(step.name) has no settings",
                at: settings.place,
                hint: "`restore --recover-to` says where the snapshot is kept"
            )
            return nil
        }
        if let settings { read(settings, of: step, into: &limits, findings: &findings) }
        return Playbook.Line(step: step, limits: limits, place: name.place)
    }

    /// A misspelt step is told once, and then stands for the one that was meant.
    private static func step(_ name: Located<String>, findings: inout Findings) -> (any Step)? {
        if let step = StepCatalog.step(named: name.value) { return step }
        let nearest = KeySuggestion.nearest(
            to: name.value,
            among: stepNames
        )
        findings.error(
            "unknown step \(name.value.quotedForMessage)",
            at: name.place,
            hint: nearest.map { "did you mean \"\($0)\"?" } ?? stepsHint
        )
        return nearest.flatMap(StepCatalog.step(named:))
    }

    private static func read(
        _ value: YAMLValue,
        of step: any Step,
        into limits: inout StepLimits,
        findings: inout Findings
    ) {
        guard
            let section = YAMLSection(
                value,
                name: "the settings of \(step.name)",
                keys: ["retries", "timeout"],
                findings: &findings
            )
        else { return }
        StepLimitsReader.read(section, into: &limits, findings: &findings)
    }
}
