import ClusterInventory

/// The settings of a `run` step.
enum HookReader {
    private static let form =
        "as `- run: {on: GROUP, command: [PROGRAM, …], undo: [PROGRAM, …], timeout: 1m}`"

    static func read(
        _ value: YAMLValue?,
        at place: TextPlace?,
        findings: inout Findings
    ) -> Playbook.Line? {
        guard let value else {
            findings.error("\"run\" says not what to run, and where", at: place, hint: form)
            return nil
        }
        guard
            let section = YAMLSection(
                value,
                name: "the settings of run",
                keys: ["on", "command", "undo", "title", "undo-title", "retries", "timeout"],
                findings: &findings
            )
        else { return nil }
        section.require("on", hint: form, findings: &findings)
        section.require("command", hint: form, findings: &findings)
        let group = section.text("on", findings: &findings)
        let command = words("command", section, findings: &findings)
        let undo = words("undo", section, findings: &findings)
        let title = section.text("title", findings: &findings)
        let undoTitle = section.text("undo-title", findings: &findings)
        if let undoTitle, section.value("undo") == nil {
            findings.error(
                "\"undo-title\" was given without \"undo\"",
                at: undoTitle.place,
                hint: "say with undo what a rollback runs, or leave undo-title out"
            )
        }
        guard let group, let command else { return nil }
        let step = RunHook(
            hook: Hook(
                group: group.value,
                command: command,
                undo: undo,
                title: title?.value,
                undoTitle: undoTitle?.value
            )
        )
        var limits = step.defaults
        StepLimitsReader.read(section, into: &limits, findings: &findings)
        return Playbook.Line(step: step, limits: limits, place: place)
    }

    private static func words(
        _ key: String,
        _ section: YAMLSection,
        findings: inout Findings
    ) -> [String]? {
        guard let words = section.texts(key, findings: &findings) else { return nil }
        guard let program = words.first, !program.value.isEmpty else {
            findings.error("\"\(key)\" is empty", at: section.place, hint: form)
            return nil
        }
        return words.map(\.value)
    }
}

/// `retries` and `timeout`, which every step has.
enum StepLimitsReader {
    static func read(
        _ section: YAMLSection,
        into limits: inout StepLimits,
        findings: inout Findings
    ) {
        if let retries = section.number("retries", in: 0...100, findings: &findings) {
            limits.retries = retries.value
        }
        if let timeout = section.duration("timeout", findings: &findings) {
            limits.timeoutSeconds = Int(timeout.value.components.seconds)
        }
    }
}
