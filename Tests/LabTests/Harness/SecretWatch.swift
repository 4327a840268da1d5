import Foundation
import Glibc
import Synchronization

/// Looks for marks in what every process shows of itself, again and again.
///
/// The lab's hosts share this machine's kernel, so their processes are seen as well.
final class SecretWatch: Sendable {
    private let marks: [[UInt8]]
    private let found = Mutex<Set<String>>([])
    private let looks = Atomic(0)
    private let isStopped = Atomic(false)
    private let hasEnded = Atomic(false)

    init(_ marks: [String]) {
        self.marks = marks.map { Array($0.utf8) }
        // a test that fails before it stops the watch leaves nothing that looks on
        let thread = Thread { [weak self] in
            while let self, !self.isStopped.load(ordering: .relaxed) { self.look() }
            self?.hasEnded.store(true, ordering: .releasing)
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
        guard let directory = opendir("/proc") else { return }
        defer { closedir(directory) }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let process = Int32(name), process != getpid() else { continue }
            for file in ["cmdline", "environ"] {
                let count = Self.read("/proc/\(process)/\(file)", into: &buffer)
                guard marks.contains(where: { Self.has($0, buffer, count) }) else { continue }
                let words = String(decoding: buffer.prefix(min(count, 200)), as: UTF8.self)
                    .replacingOccurrences(of: "\0", with: " ")
                found.withLock { _ = $0.insert("\(file) of \(process): \(words)") }
            }
        }
        looks.add(1, ordering: .relaxed)
    }

    /// One buffer for all: a loop over Foundation's readers took gigabytes.
    private static func read(_ path: String, into buffer: inout [UInt8]) -> Int {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var count = 0
        while count < buffer.count {
            let more = buffer.withUnsafeMutableBytes { bytes in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
                return Glibc.read(file, rest.baseAddress, rest.count)
            }
            guard more > 0 else { break }
            count += more
        }
        return count
    }

    private static func has(_ mark: [UInt8], _ bytes: [UInt8], _ count: Int) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard var place = bytes.baseAddress else { return false }
            let end = place + count
            while end - place >= mark.count,
                let first = memchr(place, Int32(mark[0]), end - place - mark.count + 1)
            {
                if memcmp(first, mark, mark.count) == 0 { return true }
                place = UnsafeRawPointer(first) + 1
            }
            return false
        }
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
