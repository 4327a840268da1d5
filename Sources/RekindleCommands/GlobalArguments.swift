/// Global options may stand before the command, as with kubectl and terraform.
///
/// The parser takes them behind it only, so that is where they are put.
enum GlobalArguments {
    private static let withValue: Set<String> = ["-i", "--inventory", "--state-dir", "--output"]
    private static let flags: Set<String> = [
        "--no-color", "-v", "--verbose", "-q", "--quiet",
    ]

    /// The same arguments, with those in front of the command moved to the end.
    static func behindTheCommand(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
        while let first = rest.first {
            if flags.contains(first) || withValue.contains(where: { first.hasPrefix("\($0)=") }) {
                leading.append(first)
                rest = rest.dropFirst()
            } else if withValue.contains(first), rest.count > 1 {
                leading += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        // what stands behind `--` is no option any more
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end]) + leading + Array(rest[end...])
    }
}
