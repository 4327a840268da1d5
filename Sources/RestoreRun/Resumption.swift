import RestorePlanning

/// What an operator may ask of a run in its present phase.
package enum RunRequest: String, Sendable, Hashable, CaseIterable {
    case resume
    case rollback
    case clean
}

/// Why a request is refused.
package struct RequestRefusal: Sendable, Hashable {
    package var fact: String
    package var hint: String

    package init(fact: String, hint: String) {
        self.fact = fact
        self.hint = hint
    }
}

extension RunState {
    /// nil where the request is allowed; see `RunPhase.refusal(of:leavesFenced:)`.
    package func refusal(
        of request: RunRequest,
        leavesFenced: Bool = false
    ) -> RequestRefusal? {
        // the plan is the journal's first event: without it nothing may follow
        guard let phase else {
            return RequestRefusal(
                fact: "it never began: its coordinator died before the first event was in the "
                    + "journal, and no host was touched",
                hint: "run `rekindle restore` again"
            )
        }
        if request == .rollback, kinds == [.member], hasLetMemberGo {
            return .memberGone
        }
        return phase.refusal(of: request, leavesFenced: leavesFenced)
    }
}

extension RequestRefusal {
    fileprivate static let memberGone = RequestRefusal(
        fact: "the cluster has let the member go: its old data is that of nobody any more",
        hint: "`rekindle resume` brings it in again; the old data stays until `rekindle clean`"
    )
}

extension RunPhase {
    /// nil where the request is allowed.
    ///
    /// A restore, or a rollback, that is complete but for members that were fenced is taken up for them.
    package func refusal(
        of request: RunRequest,
        leavesFenced: Bool = false
    ) -> RequestRefusal? {
        switch (request, self) {
        case (.resume, .planned(.drill)), (.resume, .underWay(.drill)),
            (.resume, .halted(.drill, _)):
            RequestRefusal(
                fact: "it is a drill, which is not taken up again",
                hint: "`rekindle clean` removes what is left of it; the next `rekindle drill` does "
                    + "so first"
            )
        case (.rollback, .planned(.drill)), (.rollback, .underWay(.drill)),
            (.rollback, .halted(.drill, _)), (.rollback, .completed(.drill)):
            RequestRefusal(
                fact: "it is a drill: there is nothing of production to put back",
                hint: "`rekindle clean` removes what is left of it"
            )
        case (.clean, .planned(.drill)), (.clean, .underWay(.drill)), (.clean, .halted(.drill, _)):
            nil
        case (.clean, .completed(.drill)):
            RequestRefusal(
                fact: "it is a drill, and removed itself all that it made",
                hint: "there is nothing left to delete"
            )
        case (.resume, .planned), (.resume, .underWay), (.resume, .halted):
            nil
        case (.resume, .completed(.restore)) where leavesFenced,
            (.resume, .completed(.join)) where leavesFenced,
            (.resume, .completed(.rollback)) where leavesFenced,
            // the members that were to join are left out again
            (.resume, .completed(.unjoin)):
            nil
        case (.resume, .completed(let kind)):
            RequestRefusal(
                fact: "there is nothing to resume: its \(kind.rawValue) is complete",
                hint: "`rekindle runs show` tells what it did"
            )
        case (.resume, .refused), (.rollback, .refused), (.clean, .refused):
            RequestRefusal(
                fact: "it never began: another run held a host, and nothing was changed",
                hint: "run `rekindle restore` again"
            )
        case (.rollback, .underWay(.restore)), (.rollback, .halted(.restore, _)),
            (.rollback, .completed(.restore)), (.rollback, .planned(.restore)),
            (.rollback, .underWay(.join)), (.rollback, .halted(.join, _)),
            (.rollback, .completed(.join)), (.rollback, .planned(.join)),
            (.rollback, .underWay(.unjoin)), (.rollback, .halted(.unjoin, _)),
            (.rollback, .completed(.unjoin)), (.rollback, .planned(.unjoin)),
            (.rollback, .planned(.rollback)), (.rollback, .underWay(.rollback)),
            (.rollback, .halted(.rollback, _)), (.rollback, .planned(.member)),
            (.rollback, .underWay(.member)), (.rollback, .halted(.member, _)):
            nil
        case (.rollback, .completed(.member)):
            .memberGone
        case (.rollback, .completed(.rollback)):
            RequestRefusal(
                fact: "it is rolled back already",
                hint: "`rekindle clean` deletes what it left on the hosts"
            )
        case (.rollback, .planned(.clean)), (.rollback, .underWay(.clean)),
            (.rollback, .halted(.clean, _)), (.rollback, .completed(.clean)):
            RequestRefusal(
                fact: "what it had set aside was deleted by `rekindle clean`",
                hint: "restore from a snapshot instead"
            )
        case (.clean, .completed(.restore)), (.clean, .completed(.join)),
            (.clean, .completed(.unjoin)),
            (.clean, .completed(.rollback)), (.clean, .completed(.member)),
            (.clean, .planned(.clean)), (.clean, .underWay(.clean)), (.clean, .halted(.clean, _)):
            nil
        case (.clean, .completed(.clean)):
            RequestRefusal(fact: "it is clean already", hint: "there is nothing left to delete")
        case (.clean, .planned), (.clean, .underWay), (.clean, .halted):
            RequestRefusal(
                fact: "it is not finished (\(word)): what it set aside may be the only good data",
                hint: "`rekindle resume` or `rekindle rollback` first"
            )
        }
    }
}

extension RunPhase {
    /// Whether members that were left out may join now.
    package var canJoin: Bool {
        switch self {
        case .completed(.restore), .completed(.join), .completed(.unjoin): true
        case .completed, .planned, .underWay, .halted, .refused: false
        }
    }
}

extension Plan.Kind {
    /// Whether a plan of the kind can go on without a member whose host is lost.
    package var canFence: Bool {
        switch self {
        case .restore, .join, .unjoin, .rollback: true
        case .clean, .drill, .member: false
        }
    }
}
