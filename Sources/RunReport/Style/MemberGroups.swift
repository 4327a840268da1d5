/// Members of whom the same is to be said, in the order of the plan.
struct MemberGroup<Value: Hashable> {
    var names: [String]
    var value: Value
}

enum MemberGroups {
    /// Members with equal values together, each group where its first member stands.
    static func of<Value: Hashable>(_ pairs: [(String, Value)]) -> [MemberGroup<Value>] {
        var groups: [MemberGroup<Value>] = []
        for (name, value) in pairs {
            if let index = groups.firstIndex(where: { $0.value == value }) {
                groups[index].names.append(name)
            } else {
                groups.append(MemberGroup(names: [name], value: value))
            }
        }
        return groups
    }

    /// The names, or how many where a list would be longer than what is said of them.
    static func list(_ names: [String], of total: Int) -> String {
        names.count == total && total > 5
            ? "all \(total) members" : names.joined(separator: ", ")
    }
}

/// A number with its noun: `1 host`, `3 hosts`.
func counted(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
}
