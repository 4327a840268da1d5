import EtcdModel
import RemoteHost
import RestorePlanning

/// A playbook's own checks, in words.
enum DataCheckWords {
    /// What is asked, where, and what must come of it; a value is told by its digest alone.
    static func sentence(_ check: DataCheck, of checks: DataChecks) -> String {
        let asked = "ask \(checks.member) at revision \(checks.revision): "
        return switch check {
        case .exists(let key): asked + "the key \(key) must be there"
        case .hasValue(let key, let value):
            asked + "the key \(key) must have the value of \(words(value))"
        case .equals(let key, let value):
            asked + "the key \(key) must have the value of "
                + words(ExpectedValue(Array(value.utf8)))
        case .count(let prefix, let least):
            asked + "at least \(counted(least, "key", "keys")) must begin with \(prefix)"
        case .command(let command):
            "on \(checks.member), as root, must exit with 0: "
                + command.map(ShellQuoting.quoted).joined(separator: " ")
        }
    }

    static func words(_ value: ExpectedValue) -> String {
        "\(counted(value.bytes, "byte", "bytes")) with SHA-256 \(value.sha256)"
    }

    static func sentence(_ look: ProductionLook) -> String {
        let names = look.subjects.map(\.member).joined(separator: ", ")
        return switch look.moment {
        case .before: "\(names): write down production's unit, directories and ports"
        case .after: "\(names): production's unit, directories and ports must be as they were"
        }
    }
}
