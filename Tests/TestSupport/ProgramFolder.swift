import Glibc
import RemoteHost

/// The whole PATH of what a test runs: programs of its own, and links to tools of this machine.
///
/// A program that is missing is never this machine's.
///
/// A program that this process wrote itself would be "busy" (ETXTBSY) now and then: another test forks while
/// the file is open here, its child inherits the descriptor, and until that child calls exec nobody can run
/// the file; a shell then takes the next one in its PATH. O_CLOEXEC does not help, it acts at exec. So
/// another process writes the file, and is gone before anybody runs it.
package struct ProgramFolder: Sendable {
    package let path: String

    /// Makes the directory, whose owner removes it, with links to the tools.
    package init(at path: String, tools: [String] = ProgramFolder.posix) throws {
        self.path = path
        let links = tools.compactMap(Self.find).map { tool in
            "ln -s -- \(ShellQuoting.quoted(tool)) ."
        }
        let folder = ShellQuoting.quoted(path)
        try Self.run((["mkdir -p -- \(folder)", "cd -- \(folder)"] + links))
    }

    /// Writes a script for `/bin/sh`.
    package func write(_ script: String, as name: String) throws {
        try Self.write("#!/bin/sh\n\(script)\n", to: "\(path)/\(name)")
    }

    /// Writes a program with its first line, into any directory; one that is there is replaced.
    package static func write(_ text: String, to file: String) throws {
        let (new, file) = (ShellQuoting.quoted("\(file).new"), ShellQuoting.quoted(file))
        try run(
            [
                "mkdir -p -- \"$(dirname -- \(file))\"", "rm -rf -- \(file)", "cat >\(new)",
                "chmod 0755 -- \(new)", "mv -T -- \(new) \(file)",
            ],
            input: text
        )
    }

    /// Writes a program that calls another one, which may lie anywhere.
    package static func writeCall(of program: String, to file: String) throws {
        try write("#!/bin/sh\nexec \(ShellQuoting.quoted(program)) \"$@\"\n", to: file)
    }

    /// A program of this machine; nil if it has none of that name.
    package static func find(_ name: String) -> String? {
        ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }

    private static func run(_ lines: [String], input: String = "") throws {
        let made = try ShellProcess(
            (["set -e", "umask 022"] + lines).joined(separator: "\n"),
            input: .bytes(Array(input.utf8))
        )
        .finish()
        guard made.status == 0 else {
            throw ShellProcess.Failure(description: "cannot make a program: \(made.errorText)")
        }
    }

    /// What the scripts of this project use on every host; no service manager, nothing of etcd's.
    package static let posix = [
        "[", "awk", "basename", "bash", "cat", "chgrp", "chmod", "chown", "cmp", "cp", "cut",
        "dash",
        "date", "dd", "df", "dirname", "du", "env", "expr", "false", "find", "findmnt", "flock",
        "getent", "grep", "gunzip", "gzip", "head", "hostname", "id", "install", "ionice", "kill",
        "ln", "ls", "mkdir", "mkfifo", "mktemp", "mount", "mountpoint", "mv", "nice", "od",
        "openssl", "perl", "pgrep", "printf", "ps", "readlink", "realpath", "rm", "rmdir", "sed",
        "seq", "setpriv", "setsid", "sh", "sha256sum", "sleep", "sort", "stat", "sync", "tail",
        "tee", "test", "timeout", "touch", "tr", "true", "truncate", "uname", "uniq", "unlink",
        "wc", "xargs", "zstd",
    ]
}
