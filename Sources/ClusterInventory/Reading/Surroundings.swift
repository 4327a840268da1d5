/// What a reader must know of the machine it runs on; the caller asks the system.
package struct Surroundings: Sendable {
    /// Who logs in where the file names nobody.
    package var user: String
    /// What a leading `~/` stands for; absolute.
    package var home: String
    /// Where the file lies: relative paths to keys and known hosts begin there; absolute.
    package var folder: String
    /// Asked only where the file has `ssh: {config: …}`.
    package var openSSH: OpenSSHLookup

    package init(
        user: String,
        home: String,
        folder: String,
        openSSH: OpenSSHLookup = .nobody
    ) {
        self.user = user
        self.home = home
        self.folder = folder
        self.openSSH = openSSH
    }

    /// A path on the coordinator, made absolute; nil for `~somebody`.
    func absolute(_ path: String) -> String? {
        if path.hasPrefix("/") { return path }
        if path.hasPrefix("~/") { return home + path.dropFirst() }
        return path.hasPrefix("~") ? nil : "\(folder)/\(path)"
    }
}
