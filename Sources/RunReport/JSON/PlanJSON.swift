package import ClusterInventory
import EtcdModel
import FoundationEssentials
package import RestorePlanning

/// A plan as a file: what `plan --format json` writes and `restore --plan` reads.
package enum PlanJSON {
    /// Equal plans give equal bytes: digests are taken over them.
    package static func encode(_ plan: Plan) throws -> String {
        try JSONText.encode(plan)
    }

    /// Reads what `encode` wrote; `file` is what the diagnostic calls it.
    ///
    /// It throws where the bytes are no plan, one of another version, or not whole.
    package static func decode(_ bytes: [UInt8], file: String) throws(Diagnostic) -> Plan {
        let data = Data(bytes)
        let version: Int
        do {
            version = try JSONDecoder().decode(Versioned.self, from: data).version
        } catch {
            throw Diagnostic(
                .error,
                "not a plan: \(reason(error))",
                file: file,
                hint: "make one with `rekindle plan --snapshot S --format json --out FILE`"
            )
        }
        guard version == Plan.currentVersion else {
            throw Diagnostic(
                .error,
                "the plan is of version \(version), this rekindle reads version "
                    + "\(Plan.currentVersion)",
                file: file,
                hint: "make it anew with this rekindle's `plan`, or run it with the one that "
                    + "made it"
            )
        }
        let plan: Plan
        do {
            plan = try JSONDecoder().decode(Plan.self, from: data)
        } catch {
            throw damaged(reason(error), file)
        }
        if let fault = fault(plan) { throw damaged(fault, file) }
        return plan
    }

    private struct Versioned: Decodable {
        var version: Int
    }

    private static func damaged(_ why: String, _ file: String) -> Diagnostic {
        Diagnostic(
            .error,
            "the plan is damaged: \(why)",
            file: file,
            hint: "a plan is not edited by hand: make it anew with `rekindle plan`"
        )
    }

    /// What the types cannot say: that every part speaks of the same members and the same run.
    private static func fault(_ plan: Plan) -> String? {
        let names = plan.targets.map(\.name)
        if names.isEmpty { return "it has no members" }
        if Set(names).count != names.count { return "a member is there twice" }
        let fenced = Set(plan.fenced.map(\.name))
        if plan.topology.members.filter({ !fenced.contains($0.name) }) != plan.targets.map(\.member)
        {
            return "its targets are not the members of its topology"
        }
        if plan.targets.contains(where: { fenced.contains($0.name) }) {
            return "a member that is fenced is acted on"
        }
        if (plan.snapshot == nil) != plan.isOfMember {
            return plan.isOfMember
                ? "it restores a snapshot and changes a member" : "it has no snapshot"
        }
        // a cluster that serves has had members come and go: its ID is that of its first ones
        if !plan.isOfMember, plan.clusterID != plan.topology.clusterID {
            return "its cluster ID is not that of its members and token"
        }
        if let other = plan.targets.first(where: { $0.paths.run != plan.run.rawValue }) {
            return "the paths of \(other.name) are of another run"
        }
        let effects = plan.steps.flatMap { $0.stages.flatMap(\.effects) }
        if let stray = effects.first(where: { !names.contains($0.member) }) {
            return "\(stray.kind.rawValue) is for \(stray.member), which is not a member"
        }
        return nil
    }

    /// Where in the file, and what is wrong there.
    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): "\(path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(path(context.codingPath)): \(context.debugDescription)"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not JSON" : "\(path(context.codingPath)): \(context.debugDescription)"
        case nil: "it cannot be read"
        @unknown default: "it cannot be read"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
    }
}
