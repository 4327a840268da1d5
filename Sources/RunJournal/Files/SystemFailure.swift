internal import Glibc

/// A system call on this machine that failed.
package struct SystemFailure: Error, Sendable, Hashable {
    /// As in "cannot write".
    package var operation: String
    package var path: String
    /// `errno`.
    package var code: Int32

    package init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// What to do next, where the error number tells.
    package var hint: String? {
        switch code {
        case ENOSPC, EDQUOT:
            "free space there, or give another place with --state-dir"
        case EROFS:
            "the file system is mounted read-only; give another place with --state-dir"
        case EACCES, EPERM:
            "run as the user that owns it, or give another place with --state-dir"
        case ENOTDIR:
            "give a directory with --state-dir"
        case EIO:
            "the disk failed; see the kernel's log, and copy the run's directory before anything else"
        default:
            nil
        }
    }
}

extension SystemFailure: CustomStringConvertible {
    package var description: String {
        let reason = String(cString: strerror(code))
        return "this machine: cannot \(operation) \(path): "
            + reason.prefix(1).lowercased() + reason.dropFirst()
    }
}
