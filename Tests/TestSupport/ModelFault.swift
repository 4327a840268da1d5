package import RestorePlanning

/// A command of a run, as a model host recognises it.
package enum ModelCommand: Sendable, Hashable {
    case look
    case effect(EffectKind)
    case status
    case proof
    /// The hash of what members hold at one revision.
    case hash
    /// How much of a broken upload is there, and its digest.
    case partial
    /// The digest of what was restored.
    case compare
    /// The look at production before and after a drill.
    case production
}

/// What goes wrong with one command on one host.
package enum ModelFault: Sendable, Hashable {
    /// When the connection breaks.
    package enum Moment: Sendable, Hashable, CaseIterable {
        case beforeEffect
        /// Half of its operations were applied; of an upload, half of what was sent is there.
        case inTheMiddle
        /// All is done, and the answer does not come.
        case afterEffect
    }

    case lost(Moment)
    /// It does nothing and exits with a status other than 0.
    case exits(Int32, saying: String)
    /// It never answers, until it is cancelled.
    case hangs
    /// It answers with something that no script of ours prints.
    case garbles
    /// It does what it is told, and says something else.
    case lies(HostileAnswer)
}

/// A command that reached a host.
package struct ModelSighting: Sendable, Hashable {
    package var member: String
    package var command: ModelCommand

    package init(member: String, command: ModelCommand) {
        self.member = member
        self.command = command
    }
}
