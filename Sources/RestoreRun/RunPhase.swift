package import RestorePlanning

/// Where a run stands, named by what is true in the world.
package enum RunPhase: Sendable, Hashable {
    /// There is a plan; no host was touched.
    case planned(Plan.Kind)
    /// A coordinator works on it, or died while it did.
    case underWay(Plan.Kind)
    /// Its coordinator stopped in good order, at a failure or a signal; the locks are held.
    case halted(Plan.Kind, Halt)
    /// All of the plan is done: restored and proven, rolled back, or cleaned.
    case completed(Plan.Kind)
    /// It never got its locks; no host was changed.
    case refused

    package enum Halt: Sendable, Hashable {
        case failed([RunFailure])
        case interrupted
    }
}

extension RunPhase {
    /// The word for it in lists and JSON.
    package var word: String {
        switch self {
        case .planned: "planned"
        case .underWay(let kind): "unfinished \(kind.rawValue)"
        case .halted(let kind, .failed): "failed \(kind.rawValue)"
        case .halted(let kind, .interrupted): "interrupted \(kind.rawValue)"
        case .completed(.restore), .completed(.join), .completed(.unjoin): "restored"
        case .completed(.rollback): "rolled-back"
        case .completed(.clean): "cleaned"
        case .completed(.drill): "drilled"
        case .completed(.member): "changed"
        case .refused: "refused"
        }
    }
}
