/// Where a snapshot lies, as a person names it.
package enum SnapshotLocation: Sendable, Hashable {
    /// A file on this machine.
    case file(String)
    /// A file on a member's host; the path is absolute.
    case member(name: String, path: String)
    case bucket(BucketPlace)
    case standardInput

    /// Reads `-`, `s3://bucket/key`, `s3://bucket/prefix/latest`, `NAME:/path` or a path.
    ///
    /// A file whose name has a colon in it is one all the same: with a `/` before the colon it is
    /// never taken for anything else, and without one a file that is there wins over a member that
    /// is not.
    /// The members are asked for only where the text may name one.
    /// - Throws: `SnapshotLocationProblem`, and what `members` throws.
    package init(
        _ text: String,
        members: () throws -> [String],
        isFile: (String) -> Bool
    ) throws {
        if text == "-" {
            self = .standardInput
        } else if text.hasPrefix("s3://") {
            self = .bucket(try BucketPlace(text))
        } else if let host = try Self.hostFile(text, members, isFile) {
            self = host
        } else {
            self = .file(text)
        }
    }

    /// nil where the text is a path.
    private static func hostFile(
        _ text: String,
        _ members: () throws -> [String],
        _ isFile: (String) -> Bool
    ) throws -> SnapshotLocation? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains("/") else { return nil }
        let (name, path) = (String(parts[0]), String(parts[1]))
        if path.hasPrefix("//") {
            if isFile(text) { return nil }
            throw SnapshotLocationProblem(
                "\(text): snapshots are not fetched by \(name)",
                hint: "give a file, NAME:/path on a member, s3://bucket/key, or - for standard "
                    + "input: `curl … | rekindle … --snapshot -`"
            )
        }
        // asking for the members may fail, and a file that is there needs none of them
        if isFile(text) && !path.hasPrefix("/") { return nil }
        let known = try members()
        if known.contains(name) {
            guard path.hasPrefix("/") else {
                throw SnapshotLocationProblem(
                    "\(text): the path on \(name) is not absolute",
                    hint: "give it as \(name):/path; for a file of this machine, ./\(text)"
                )
            }
            return .member(name: name, path: path)
        }
        if isFile(text) || !path.hasPrefix("/") { return nil }
        throw SnapshotLocationProblem(
            "\(text): there is no member \(name), and no such file",
            hint: known.isEmpty
                ? "give the inventory that names the member with --inventory"
                : "the members are \(known.joined(separator: ", "))"
        )
    }
}

extension SnapshotLocation: CustomStringConvertible {
    /// The place as it can be given again.
    package var description: String {
        switch self {
        case .file(let path): path
        case .member(let name, let path): "\(name):\(path)"
        case .bucket(let place): place.description
        case .standardInput: "-"
        }
    }
}

/// A text that names no place.
package struct SnapshotLocationProblem: Error, Sendable, Hashable {
    package var fact: String
    package var hint: String

    init(_ fact: String, hint: String) {
        self.fact = fact
        self.hint = hint
    }
}
