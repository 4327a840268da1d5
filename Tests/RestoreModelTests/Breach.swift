/// A law that does not hold, and the shortest way there.
struct Breach {
    let law: Law
    /// What is wrong, beyond the law itself.
    let detail: String
    let story: [String]

    /// The story as a person reads it, with numbered lines.
    var text: String {
        let lines = story.enumerated().map { number, line in "  \(number + 1). \(line)" }
        return (["broken: \(law.rawValue)", "  \(detail)"] + lines).joined(separator: "\n")
    }
}
