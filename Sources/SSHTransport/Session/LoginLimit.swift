import Synchronization

/// How many logins are under way at one jump host at a time.
///
/// Every member behind a bastion logs in there, and sshd drops connections once ten logins are under
/// way (MaxStartups 10:30:100), many bastions sooner. Those that wait are let in, in their order.
/// Callers block, on threads of their own.
final class LoginLimit: Sendable {
    private struct Line {
        var running = 0
        var width = LoginLimit.usual
        var waiting: [Interrupt] = []
    }

    private let lines = Mutex<[String: Line]>([:])

    /// The limit of this process: a command may have several connectors.
    static let atJumpHosts = LoginLimit()

    /// How many at a time, unless the host was found to be busy.
    static let usual = 3

    /// Waits for a turn; `leave` must follow.
    /// - Throws: `.cancelled`, and then it has no turn.
    func enter(_ host: String, _ interrupt: Interrupt) throws(SSHError) {
        let turn = try Interrupt()
        let isIn = lines.withLock { lines in
            var line = lines[host, default: Line()]
            defer { lines[host] = line }
            guard line.running >= line.width || !line.waiting.isEmpty else {
                line.running += 1
                return true
            }
            line.waiting.append(turn)
            return false
        }
        guard !isIn else { return }
        while true {
            let readiness = Readiness.of(
                turn.descriptor,
                interrupt: interrupt,
                until: .now.advanced(by: .seconds(3600))
            )
            if readiness.isInterrupted {
                giveUp(host, turn)
                throw .cancelled("waiting to log in to a jump host")
            }
            if readiness.isReadable { return }
        }
    }

    func leave(_ host: String) {
        lines.withLock { lines in
            guard var line = lines[host] else { return }
            line.running -= 1
            Self.letIn(&line)
            lines[host] = line
        }
    }

    /// The host turned a login away: from now on one at a time.
    func narrow(_ host: String) {
        lines.withLock { $0[host, default: Line()].width = 1 }
    }

    private func giveUp(_ host: String, _ turn: Interrupt) {
        let hadTurn = lines.withLock { lines in
            guard let index = lines[host]?.waiting.firstIndex(where: { $0 === turn }) else {
                return true
            }
            lines[host]?.waiting.remove(at: index)
            return false
        }
        if hadTurn { leave(host) }
    }

    private static func letIn(_ line: inout Line) {
        while line.running < line.width, !line.waiting.isEmpty {
            line.running += 1
            line.waiting.removeFirst().raise()
        }
    }
}
