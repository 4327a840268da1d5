import FoundationEssentials

/// The environment of this process for the programs that tests start, without what a person's shell
/// may have set for etcd, for Rekindle or for a language.
package enum CleanEnvironment {
    package static let variables: [String: String] = {
        let own = ProcessInfo.processInfo.environment
        return own.filter { name, _ in !isPersonal(name) }.merging(["LC_ALL": "C.UTF-8"]) { $1 }
    }()

    /// The lab's own settings, as `REKINDLE_LAB`, stay.
    static func isPersonal(_ name: String) -> Bool {
        let names: Set = [
            "REKINDLE_INVENTORY", "REKINDLE_STATE_DIR", "XDG_STATE_HOME", "GNUPGHOME", "NO_COLOR",
            "CDPATH", "ENV", "BASH_ENV", "LANGUAGE",
        ]
        return names.contains(name) || name.hasPrefix("ETCD") || name.hasPrefix("LC_")
    }
}
