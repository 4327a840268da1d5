import RemoteHost
import RestorePlanning
import Synchronization

/// A host that is open for a relay, as long as the command runs that opened it.
final class RelayDoor: Sendable {
    struct Shut: Error {
        var reason: String
    }

    private struct State {
        var keys: Result<RelayKeys, Shut>?
        var waiting: [CheckedContinuation<Result<RelayKeys, Shut>, Never>] = []
        var ended: String?
        var bytes: UInt64?
        var progress: RelayProgress?
    }

    let member: String
    private let state: Mutex<State>
    private let grew: @Sendable (_ bytes: UInt64, _ first: UInt64) -> Void
    private let task: Mutex<Task<Void, Never>?>

    init(
        member: String,
        link: HostLink,
        command: RemoteCommand,
        deadline: Duration,
        grew: @escaping @Sendable (_ bytes: UInt64, _ first: UInt64) -> Void
    ) {
        self.member = member
        self.grew = grew
        state = Mutex(State())
        task = Mutex(nil)
        task.withLock { task in
            task = Task { [self] in
                let why: String
                do {
                    let result = try await link.run(
                        command,
                        output: .sink(LineSink { [self] in heard($0) }),
                        limits: CommandLimits(deadline: deadline)
                    )
                    why = Self.reason(result)
                } catch {
                    why = "\(error)"
                }
                shut(why)
            }
        }
    }

    /// Why the host is not open any more; nil as long as it is.
    var ended: String? { state.withLock { $0.ended } }

    /// What the host made for this relay, or why it did not.
    func keys(within patience: Duration) async -> Result<RelayKeys, Shut> {
        let clock = Task {
            do { try await Task.sleep(for: patience) } catch { return }
            settle(.failure(Shut(reason: "it did not answer for \(patience.components.seconds) s")))
        }
        defer { clock.cancel() }
        return await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.keys == nil { state.waiting.append(continuation) }
                return state.keys
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Whom to tell that the host's copy has grown.
    func progress(_ progress: RelayProgress) {
        state.withLock { $0.progress = progress }
    }

    /// Ends the host's part; returns once the command is given up here, and the host then tidies up.
    func close() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    private func heard(_ line: String) {
        if let keys = RelayKeys(line: line) { settle(.success(keys)) }
        guard let bytes = SnapshotRelay.bytes(line: line) else { return }
        let first = state.withLock { state in
            state.progress?.note()
            if state.bytes == nil { state.bytes = bytes }
            return state.bytes ?? bytes
        }
        if bytes > first { grew(bytes, first) }
    }

    private func shut(_ why: String) {
        state.withLock { $0.ended = why }
        settle(.failure(Shut(reason: why)))
    }

    private func settle(_ result: Result<RelayKeys, Shut>) {
        let waiting = state.withLock { state in
            guard state.keys == nil else {
                return [CheckedContinuation<Result<RelayKeys, Shut>, Never>]()
            }
            state.keys = result
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    /// What a command that failed said last, on one line.
    static func reason(_ result: CommandResult) -> String {
        let said = result.lastLines(2).split(whereSeparator: \.isNewline).joined(separator: "; ")
        return said.isEmpty ? "\(result.ending)" : said
    }
}

/// Cuts what comes into lines.
private final class LineSink: ByteSink {
    private let rest = Mutex<[UInt8]>([])
    private let line: @Sendable (String) -> Void
    /// No line of ours is longer; what is, is not kept.
    private static let limit = 4096

    init(_ line: @escaping @Sendable (String) -> Void) {
        self.line = line
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        let lines = rest.withLock { rest in
            unsafe rest.append(contentsOf: bytes)
            var parts = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
            rest = Array(parts.removeLast().suffix(Self.limit))
            return parts.map { String(decoding: $0, as: UTF8.self) }
        }
        for text in lines { line(text) }
    }
}
