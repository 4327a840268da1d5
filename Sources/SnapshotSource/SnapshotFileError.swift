package import EtcdModel
import Glibc

/// A file that cannot be used as a snapshot, by name.
package struct SnapshotFileError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        case fault(SnapshotFault)
        /// `code` is an `errno`.
        case unreadable(code: Int32)
        case notAFile
        case changedWhileRead
        case changedSinceProven
    }

    package var path: String
    package var problem: Problem

    package var description: String {
        switch problem {
        case .fault(let fault): "\(path) \(fault)"
        case .unreadable(let code):
            "cannot read \(path): " + String(cString: strerror(code)).lowercased()
        case .notAFile: "\(path) is not a regular file"
        case .changedWhileRead: "\(path) changed while it was read"
        case .changedSinceProven: "\(path) is not the file any more that was proven"
        }
    }

    package var hint: String {
        switch problem {
        case .fault(let fault): fault.hint
        case .unreadable(let code):
            switch code {
            case ENOENT, ENOTDIR:
                "check the path; snapshots are made with `etcdctl snapshot save`"
            case EIO: "its disk cannot read it; take a copy from elsewhere"
            default: "check the permissions of the file and its directories"
            }
        case .notAFile: "give the snapshot file itself"
        case .changedSinceProven: "leave the snapshot as it is until the run has ended"
        case .changedWhileRead: "wait until whoever writes it is done, or copy it first"
        }
    }
}
