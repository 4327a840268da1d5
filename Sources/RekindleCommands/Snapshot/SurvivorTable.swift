import EtcdModel
import SnapshotSource

/// Members' data side by side, a line each.
enum SurvivorTable {
    static func lines(
        _ outcomes: [SnapshotRecovery.Outcome],
        _ comparison: SurvivorComparison
    ) -> [String] {
        let showsClusters = comparison.clusters.count > 1
        let rows = outcomes.map { outcome -> [String] in
            switch outcome {
            case .proven(let survivor, let proven):
                [
                    survivor.name, survivor.words, "revision \(proven.proof.revision)",
                    "\(proven.proof.keys) keys", "HashKV \(proven.proof.hashKV)",
                ] + (showsClusters ? ["cluster \(survivor.cluster?.description ?? "?")"] : []) + [
                    comparison.standings[survivor.name]?.words ?? ""
                ]
            case .lost(let member): [member.name, "NOT READ: \(member.reason)"]
            }
        }
        return aligned(rows)
    }

    static func losses(_ outcomes: [SnapshotRecovery.Outcome]) -> [String] {
        outcomes.compactMap { outcome in
            if case .lost(let member) = outcome { loss(member) } else { nil }
        }
    }

    static func loss(_ member: LostMember) -> String {
        // failures of a host name it themselves
        member.reason.hasPrefix(member.name)
            ? member.reason : "\(member.name): \(member.reason)"
    }

    /// What to do about the first of those that were not read.
    static func hint(_ outcomes: [SnapshotRecovery.Outcome]) -> String? {
        outcomes.lazy.compactMap { outcome in
            if case .lost(let member) = outcome { member.hint } else { nil }
        }
        .first
    }

    /// Columns but the last are as wide as their widest cell in rows that have one behind it.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.filter { column < $0.count - 1 }.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { index, cell in
                guard index < row.count - 1 else { return cell }
                return cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
            }
            .joined(separator: "  ")
        }
    }
}
