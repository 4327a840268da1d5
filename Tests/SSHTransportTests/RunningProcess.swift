import Foundation

/// A process of this machine, as /proc shows it.
struct RunningProcess {
    let id: pid_t
    let parent: pid_t
    let arguments: [String]

    static func all() -> [RunningProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.compactMap(RunningProcess.init)
    }

    private init?(id: pid_t) {
        guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let words = try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8),
            // The name in parentheses may itself hold blanks and parentheses.
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[end...].split(separator: " ")
        guard fields.count > 2, fields[1] != "Z", let parent = pid_t(fields[2]) else { return nil }
        self.id = id
        self.parent = parent
        arguments = words.split(separator: "\0").map(String.init)
    }

    /// `NAME=value`, as it was started.
    var environment: [String] {
        let text = (try? String(contentsOfFile: "/proc/\(id)/environ", encoding: .utf8)) ?? ""
        return text.split(separator: "\0").map(String.init)
    }

    /// What a descriptor of it leads to.
    func target(of descriptor: Int) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\(descriptor)")
    }

    /// Whether it was told of a path or has something open there.
    func holds(_ path: String) -> Bool {
        arguments.contains { $0.contains(path) }
            || (0..<10).contains { target(of: $0)?.hasPrefix(path) == true }
    }

    /// Waits until there is no such process any more.
    static func noneLeft(
        within limit: Duration,
        where isMeant: (RunningProcess) -> Bool
    ) async throws -> Bool {
        let end = ContinuousClock.now.advanced(by: limit)
        while all().contains(where: isMeant) {
            if ContinuousClock.now > end { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}
