package import EtcdModel

/// By how much a restore raises the revision, as it was asked for.
package enum RevisionRaise: Sendable, Hashable {
    /// Beyond everything that is known to have been seen, and by what etcd advises at least.
    case auto
    case by(Int64)

    /// Reads `auto`, or a whole number in range.
    package init?(_ text: String) {
        guard let amount = RevisionBump.amount(text) else { return nil }
        self = text == "auto" ? .auto : .by(amount)
    }

    /// Decides the amount for a snapshot; `highest` is the highest revision that is known, nil for none.
    ///
    /// A multiple of what etcd advises, so that a few writes between a plan and its restore change nothing.
    package func amount(for proof: SnapshotProof, beyond highest: Int64?) -> Int64 {
        guard case .auto = self else {
            if case .by(let amount) = self { return amount }
            return RevisionBump.advised
        }
        // the tool counts from the newest record
        let base = proof.latestRecords?.lastRevision ?? proof.revision
        let least = max(highest ?? 0, proof.revision).adding(saturating: RevisionBump.slack)
        let missing = least.subtracting(saturating: base)
        guard missing > RevisionBump.advised else { return RevisionBump.advised }
        let times = (missing - 1) / RevisionBump.advised + 1
        let (amount, isTooMuch) = times.multipliedReportingOverflow(by: RevisionBump.advised)
        // the check then finds that nothing is raised
        return isTooMuch ? RevisionBump.advised : amount
    }
}
