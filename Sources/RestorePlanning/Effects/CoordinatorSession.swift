/// One process that drives a run, as its locks on the hosts name it.
///
/// Two processes may have the same journal: its directory may have been copied, or its machine cloned.
package struct CoordinatorSession: Sendable, Hashable, Codable {
    /// A random word: no two sessions have the same.
    package var word: String
    /// Where it can be looked for; nil if its machine does not tell.
    package var process: CoordinatorProcess?

    package init(word: String, process: CoordinatorProcess?) {
        self.word = word
        self.process = process
    }

    /// The line of the lock by which every command knows its own coordinator.
    package var line: String { "session=\(word)" }

    /// All lines of the lock that are about it.
    package var lines: String {
        ([line] + (process.map { ["process=\($0)"] } ?? [])).joined(separator: "\n")
    }
}

/// A process of one boot of one machine, which nothing else is ever taken for.
package struct CoordinatorProcess: Sendable, Hashable, Codable {
    /// The kernel's boot ID.
    package var boot: String
    /// The PID namespace: containers of one host share its boot, and not its processes.
    package var namespace: String
    package var pid: Int32
    /// When it began, in the kernel's ticks since the boot.
    package var began: UInt64

    package init(boot: String, namespace: String, pid: Int32, began: UInt64) {
        self.boot = boot
        self.namespace = namespace
        self.pid = pid
        self.began = began
    }

    /// Reads what `description` writes; nil for anything else.
    package init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 4, let pid = Int32(words[2]), let began = UInt64(words[3]) else {
            return nil
        }
        self.init(
            boot: String(words[0]),
            namespace: String(words[1]),
            pid: pid,
            began: began
        )
    }
}

extension CoordinatorProcess: CustomStringConvertible {
    package var description: String { "\(boot) \(namespace) \(pid) \(began)" }
}
