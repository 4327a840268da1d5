import Glibc

/// Finds programs as a shell does, without one.
package struct ProgramPath: Sendable {
    private let folders: [String]

    /// - Parameter path: the value of `PATH`.
    package init(_ path: String?) {
        folders = (path ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
    }

    /// - Throws: `SourceFailure`, with the package to install.
    package func require(
        _ program: String,
        package name: String,
        for purpose: String
    ) throws(SourceFailure) -> String {
        for folder in folders where folder.hasPrefix("/") {
            let path = "\(folder)/\(program)"
            if access(path, X_OK) == 0 { return path }
        }
        throw SourceFailure(
            "\(purpose) needs the program \(program), which is not installed here",
            hint: "install it, as with `apt install \(name)`",
            isUnreachable: true
        )
    }
}
