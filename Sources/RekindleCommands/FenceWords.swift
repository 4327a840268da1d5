import ClusterInventory
import RestorePlanning

/// Reads `--fence NAME=REASON`.
enum FenceWords {
    /// A member that may be named.
    struct Candidate {
        var name: String
        var host: String
        /// What a run may have left on its host; nil if none was at work there.
        var left: [String]?
    }

    /// - Throws: `UsageProblem` for a name that no member has, one given twice, or a missing reason.
    static func read(
        _ texts: [String],
        among members: [Candidate]
    ) throws(UsageProblem)
        -> [FencedMember]
    {
        var fenced: [FencedMember] = []
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let reason = parts.count == 2 ? parts[1].trimmingPrefix(" ") : ""
            guard !reason.isEmpty else {
                throw UsageProblem(
                    "--fence \(text) has no reason",
                    hint: "say why, as `--fence \(name)='disk lost, powered off'`: it is recorded"
                )
            }
            guard let member = members.first(where: { $0.name == name }) else {
                let names = members.map(\.name)
                throw UsageProblem(
                    "--fence \(name): there is no such member",
                    hint: NameSuggestion.hint(for: name, among: names, what: "members")
                )
            }
            guard !fenced.contains(where: { $0.name == name }) else {
                throw UsageProblem("--fence \(name) is there twice", hint: "name a member once")
            }
            fenced.append(
                FencedMember(
                    name: name,
                    host: member.host,
                    reason: String(reason),
                    left: member.left
                )
            )
        }
        return fenced
    }
}
