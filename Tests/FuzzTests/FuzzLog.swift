import Foundation
import Glibc
import Synchronization

/// Which case is being tried, in a file that outlives the process: a trap leaves nothing else.
///
/// A case that does not come to an end is ended with the process after a minute.
final class FuzzLog: Sendable {
    /// Seconds that one case may take; every one of them takes milliseconds.
    static let longest: Double = 60

    let path: String
    private let descriptor: Int32
    private let current = Mutex<(name: String, since: ContinuousClock.Instant)?>(nil)

    init(_ reader: String) {
        let name = reader.map { $0.isLetter || $0.isNumber ? $0 : "-" }
        path = "\(FileManager.default.temporaryDirectory.path)/rekindle-fuzz-\(String(name)).case"
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func begin(_ next: FuzzCase) {
        let line = "REKINDLE_FUZZ_CASE='\(next)'\n"
        ftruncate(descriptor, 0)
        _ = line.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        current.withLock { $0 = (next.description, .now) }
    }

    func end() { current.withLock { $0 = nil } }

    /// Looks now and then, until the task is cancelled; the readers are not asked to stop.
    @concurrent
    func watch() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            let stuck = current.withLock { $0 }
            if let stuck, .now - stuck.since > .seconds(Self.longest) {
                let text = "it does not come to an end: REKINDLE_FUZZ_CASE='\(stuck.name)'\n"
                _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
                abort()
            }
        }
    }
}
