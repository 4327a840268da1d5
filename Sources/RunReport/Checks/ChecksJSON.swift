package import RestorePlanning

/// The checks for a program.
package enum ChecksJSON {
    /// `cluster`, `members`, `verdict` of the whole, `counts`, and each check with `name`, `member`,
    /// `host` (of a group; both null: the cluster or the snapshot), `verdict`, `saw`, `hint`, and `source`, where a
    /// value that was seen stands.
    package static func encode(
        _ checks: [Check],
        cluster: String,
        members: [String]
    ) throws -> String {
        func isMember(_ name: String) -> Bool { members.contains(name) }
        let counts = Dictionary(
            uniqueKeysWithValues: Check.Verdict.allCases.map { verdict in
                let count = checks.count { $0.verdict == verdict }
                return (verdict.rawValue, JSONValue.int(Int64(count)))
            }
        )
        let worst: Check.Verdict =
            checks.contains { $0.verdict == .fails }
            ? .fails : checks.contains { $0.verdict == .warns } ? .warns : .holds
        let document: JSONValue = [
            "cluster": .string(cluster),
            "members": .array(members.map(JSONValue.string)),
            "verdict": .string(worst.rawValue),
            "counts": .object(counts),
            "checks": .array(
                checks.map { check in
                    [
                        "name": .string(check.name),
                        "member": .optional(check.member.flatMap { isMember($0) ? $0 : nil }),
                        "host": .optional(check.member.flatMap { isMember($0) ? nil : $0 }),
                        "verdict": .string(check.verdict.rawValue),
                        "saw": .string(check.saw),
                        "hint": .optional(check.hint),
                        "source": .optional(check.source),
                    ]
                }
            ),
        ]
        return try JSONText.encode(document)
    }
}
