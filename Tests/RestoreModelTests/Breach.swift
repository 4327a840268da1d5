/// A law that does not hold in a state.
struct Finding {
    let law: Law
    /// What is wrong, beyond the law itself.
    let detail: String
    /// What still had to happen, told with the members' names.
    var future: ([String]) -> [String] = { _ in [] }

    init(_ law: Law, _ detail: String) {
        self.law = law
        self.detail = detail
    }

    func with(_ future: @escaping ([String]) -> [String]) -> Finding {
        var finding = self
        finding.future = future
        return finding
    }
}

/// A law that does not hold, and the shortest way there.
struct Breach {
    let law: Law
    let detail: String
    let story: [String]

    /// The story as a person reads it, with numbered lines.
    var text: String {
        let lines = story.enumerated().map { number, line in "  \(number + 1). \(line)" }
        return (["broken: \(law.rawValue)", "  \(detail)"] + lines).joined(separator: "\n")
    }
}
