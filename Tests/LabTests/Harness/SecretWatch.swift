import Foundation
import Glibc
import Synchronization

/// Looks for marks in what every process shows of itself, again and again.
///
/// The lab's hosts share this machine's kernel, so their processes are seen as well.
final class SecretWatch: Sendable {
    private let marks: [Data]
    private let found = Mutex<Set<String>>([])
    private let looks = Atomic(0)
    private let isStopped = Atomic(false)
    private let hasEnded = Atomic(false)

    init(_ marks: [String]) {
        self.marks = marks.map { Data($0.utf8) }
        let thread = Thread { [self] in
            while !isStopped.load(ordering: .relaxed) { look() }
            hasEnded.store(true, ordering: .releasing)
        }
        thread.start()
    }

    /// Where a mark was seen, and how often it was looked.
    func stop() -> (found: Set<String>, looks: Int) {
        isStopped.store(true, ordering: .relaxed)
        _ = Watchdog.wait(atMost: 60) { hasEnded.load(ordering: .acquiring) }
        return (found.withLock { $0 }, looks.load(ordering: .relaxed))
    }

    private func look() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in names.compactMap(Int32.init) where process != getpid() {
            for file in ["cmdline", "environ"] {
                guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/\(file)"),
                    marks.contains(where: { bytes.range(of: $0) != nil })
                else { continue }
                let words = String(decoding: bytes.prefix(200), as: UTF8.self)
                    .replacingOccurrences(of: "\0", with: " ")
                found.withLock { _ = $0.insert("\(file) of \(process): \(words)") }
            }
        }
        looks.add(1, ordering: .relaxed)
    }
}

/// Looks at the modes of all that a run has on the hosts, again and again while it is on.
final class ModeWatch: Sendable {
    /// `mode owner type path`, each once.
    private let seen = Mutex<Set<String>>([])
    private let isStopped = Atomic(false)
    private let hasEnded = Atomic(false)

    init(_ lab: Lab) throws {
        let directory = try lab.dataDirectory
        let members = try lab.members
        let thread = Thread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                for member in members {
                    let script =
                        "find \(directory)/.rekindle -printf '%m %u %y %p\\n' 2>/dev/null; exit 0"
                    let text = (try? lab.exec(member, script).outputText) ?? ""
                    let lines = text.split(separator: "\n").map(String.init)
                    seen.withLock { $0.formUnion(lines) }
                }
            }
            hasEnded.store(true, ordering: .releasing)
        }
        thread.start()
    }

    func stop() -> [(mode: UInt32, owner: String, type: String, path: String)] {
        isStopped.store(true, ordering: .relaxed)
        _ = Watchdog.wait(atMost: 120) { hasEnded.load(ordering: .acquiring) }
        return seen.withLock { $0 }.sorted().compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
            guard parts.count == 4, let mode = UInt32(parts[0], radix: 8) else { return nil }
            return (mode, parts[1], parts[2], parts[3])
        }
    }
}
