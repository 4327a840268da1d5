/// The step of a restore in which something struck, by the names that a plan prints.
enum RunStep: String, CaseIterable, Sendable {
    case before = "before the run"
    case takeLocks = "take-locks"
    case stopMembers = "stop-members"
    case distributeSnapshot = "distribute-snapshot"
    case archiveData = "archive-data"
    case restoreSnapshot = "restore-snapshot"
    case setOwnership = "set-ownership"
    case startMembers = "start-members"
    case verifyCluster = "verify-cluster"
    case finish = "finish"

    /// Read from the last stage that the journal names; its steps are counted from 0.
    init(ofJournal text: String) {
        let sign = #""step":"#
        self =
            text.split(separator: "\n").reversed().lazy.compactMap { line -> RunStep? in
                guard let at = line.range(of: sign)?.upperBound,
                    let number = Int(line[at...].prefix { $0.isNumber }),
                    Self.allCases.indices.contains(number + 1)
                else { return nil }
                return Self.allCases[number + 1]
            }.first ?? .before
    }
}

extension Substring {
    /// The first place of a text in this one.
    fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}
