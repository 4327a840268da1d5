package import RestorePlanning

/// A plan as POSIX shell scripts, one for each host, for the day when there is no Rekindle.
package enum PlanShell {
    package struct Script: Sendable, Hashable {
        /// Letters, digits, `_`, `-` and `.` only.
        package var fileName: String
        package var text: String
    }

    /// One script for each member, with the steps of the plan and those of its rollback.
    package static func scripts(_ plan: Plan) -> [Script] {
        var used: Set<String> = []
        return plan.targets.enumerated().map { index, target in
            var name = "rekindle-\(ShellWord.fileName(target.name)).sh"
            if !used.insert(name).inserted {
                name = "rekindle-\(ShellWord.fileName(target.name))-\(index + 1).sh"
                used.insert(name)
            }
            return Script(
                fileName: name,
                text: HostScript(plan: plan, target: target, fileName: name).text
            )
        }
    }

    /// All of them as one script that writes each to a file, and overwrites none.
    package static func render(_ plan: Plan) -> String {
        let scripts = scripts(plan)
        let end = "END_OF_SCRIPT_\(ShellWord.functionName(plan.run.rawValue))"
        let names = scripts.map { "#     \($0.fileName)" }.joined(separator: "\n")
        let files = scripts.map { script in
            "cat >\(script.fileName) <<'\(end)'\n\(script.text)\(end)\n"
        }
        return """
            #!/bin/sh
            # \(VisibleText.escaped("Cluster \(plan.cluster), \(plan.kind.rawValue), run \(plan.run)")).
            #
            # `sh` this file: it writes one script for each host into the current directory,
            #
            \(names)
            #
            # and overwrites nothing. Each says at its head how it is used.
            set -euC
            umask 077

            """ + files.joined(separator: "\n")
    }
}
