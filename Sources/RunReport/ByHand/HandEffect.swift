import RestorePlanning

/// One effect as lines of a POSIX shell under `set -eu`, with the looks that the engine would take.
struct HandEffect {
    let effect: PlannedEffect
    let target: MemberTarget
    /// Whether the plan knows what was on the hosts.
    let asked: Bool

    /// The effects of a stage on one member, in order.
    static func of(_ stage: Stage, on target: MemberTarget, in plan: Plan) -> [HandEffect] {
        stage.effects.filter { $0.member == target.name }
            .map { HandEffect(effect: $0, target: target, asked: plan.outlook.askedHosts) }
    }

    private var guards: [HandGuard] { HandGuard.guards(of: effect, target, asked: asked) }

    func lines() -> [String] {
        var lines: [String] = []
        var condition: String?
        for look in guards {
            switch look {
            case .needs(let test, let otherwise):
                let message = ShellWord.quoted("rekindle: \(otherwise)")
                lines.append("\(test) || { echo \(message) >&2; exit 1; }")
            case .onlyIf(let test):
                condition = test
            }
        }
        let commands = effect.commands.map(ShellWord.line)
        guard let condition else { return lines + commands }
        return lines + ["if \(condition); then"] + commands + [
            "else", "echo 'nothing to do here'", "fi",
        ]
    }
}
