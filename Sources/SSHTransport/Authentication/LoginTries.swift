import RemoteHost
import Synchronization

/// Which accounts have taken their password at the login, and which have heard it in vain.
///
/// Several connections to a host begin at once. Until one of them is logged in the others wait, so
/// that a wrong password is sent once to each account and never again.
final class LoginTries: Sendable {
    private enum Standing {
        case underWay
        case accepted
        case refused
    }

    enum Leave {
        /// It has heard the password in vain.
        case none
        /// Nobody knows yet whether it takes the password.
        case first
        /// It took the password before.
        case proven
    }

    private let standings = Mutex<[String: Standing]>([:])

    /// Begins a try, which has to be ended or called off; the time spent waiting for another one is
    /// added to the deadline.
    ///
    /// - Throws: `.cancelled` only.
    func begin(
        _ account: String,
        interrupt: Interrupt,
        deadline: inout Deadline
    ) throws(SSHError) -> Leave {
        let start = ContinuousClock.now
        defer { deadline.extend(by: .now - start) }
        while true {
            let standing = standings.withLock { standings in
                defer { if standings[account] == nil { standings[account] = .underWay } }
                return standings[account]
            }
            switch standing {
            case nil: return .first
            case .accepted: return .proven
            case .refused: return .none
            case .underWay:
                let soon = ContinuousClock.now.advanced(by: .milliseconds(50))
                if Readiness.of(nil, interrupt: interrupt, until: soon).isInterrupted {
                    throw .cancelled("waiting for another login with the same password")
                }
            }
        }
    }

    func end(_ account: String, isAccepted: Bool) {
        standings.withLock { $0[account] = isAccepted ? .accepted : .refused }
    }

    /// The password was not sent.
    func callOff(_ account: String) {
        standings.withLock { standings in
            if standings[account] == .underWay { standings[account] = nil }
        }
    }
}
