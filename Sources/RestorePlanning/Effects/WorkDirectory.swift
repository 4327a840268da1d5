import RemoteHost

/// The directories in which root works on a host, and how it gets into them.
///
/// `DATA/.rekindle` lies in a directory that etcd's user owns: that user cannot write in it, and yet can rename
/// it and put a link or a directory of its own in its place, at any moment. So no path leads root there twice. A
/// command enters the directory once, looks at what it then stands in, and uses names that begin there: they mean
/// that very directory, whatever becomes of its name. The WAL's twin is entered the same way.
package enum WorkDirectory {
    /// The exit status of a command that found another's directory, or a link, in the place of ours.
    package static let foreignStatus: Int32 = 77

    /// Shell functions, which plans use as words; they define all that is needed to run a plan's commands.
    ///
    /// - `enter PARENT NAME` goes into a directory that whoever runs the commands owns and nobody else may write
    ///   to, and ends the shell if it is anything else.
    /// - `claim PARENT NAME` makes it first, if there is none.
    /// - `within PARENT NAME COMMAND…` runs one command in there.
    /// - `beside PARENT NAME COMMAND…` runs one command here, with that directory as `/proc/self/fd/7`.
    /// - `remove_in PARENT NAME FILE…` and `remove_dir PARENT NAME` delete what is in it, or all of it.
    /// - `move FROM TO` renames, and never copies; `delete FILE…` stays on one file system.
    package static let functions =
        entry + "\n" + moving + "\n" + """
            claim() {
              (cd -P -- "$1" && { is_there . "$2" || e=$(mkdir -m 0700 -- "$2" 2>&1) || is_there . "$2" || {
                echo "$e" >&2; exit 1; }; } && enter "$1" "$2")
            }
            within() { (enter "$1" "$2" && shift 2 && "$@"); }
            beside() {
              (exec 6<. && enter "$1" "$2" && exec 7<. && cd -P /proc/self/fd/6 && exec 6<&- && shift 2 && "$@")
            }
            remove_in() { if is_there "$1" "$2"; then (enter "$1" "$2" && shift 2 && delete "$@"); fi; }
            remove_dir() {
              if is_there "$1" "$2"; then
                (enter "$1" "$2" && shift && for f in * .[!.]* ..?*; do
                  if [ -e "$f" ] || [ -h "$f" ]; then delete "$f" || exit; fi
                done && cd .. && rmdir -- "$1")
              fi
            }
            """

    /// `move` and `delete`, which refuse what has a mount at it or below it.
    ///
    /// If the kernel refuses to rename (another mount or project), mv falls back to a copy. Under a limit of
    /// no bytes for a file it cannot write one, and what it made until then is taken away. A directory of btrfs
    /// on another device, with nothing mounted there, is a subvolume, which a deletion takes along.
    private static let moving = #"""
        no_mounts() {
          for f; do
            e=$(printf '%s/%s' "$(realpath -m -- "$(dirname -- "$f")")" "${f##*/}" \
              | sed 's,^//,/,; s/\\/\\134/g; s/ /\\040/g; s/\t/\\011/g')
            E=$e awk '$5 == ENVIRON["E"] || index($5, ENVIRON["E"] "/") == 1 {print $5; f = 1; exit} END {exit f}' \
              /proc/self/mountinfo >&2 || {
              echo "$f has a mount at it or below: unmount it first" >&2; return 74; }
          done
        }
        move() {
          no_mounts "$1" || return
          if [ -e "$2" ] || [ -h "$2" ]; then echo "$2 is there already" >&2; return 73; fi
          (ulimit -f 0; trap '' XFSZ; exec mv -T -n -- "$1" "$2") && return
          # of a copy without a byte, never what somebody else has put there
          if [ -d "$1" ] && [ ! -h "$1" ] && [ -z "$(find "$2" -type f -size +0 2>&1 | head -n 1)" ]; then
            rm -rf --one-file-system -- "$2"
          fi
          echo "$1 cannot be renamed to $2, and a copy is not made" >&2
          return 74
        }
        delete() {
          no_mounts "$@" || return
          if [ -d "$1" ] && [ "$(stat -f -c %T -- "$1")" = btrfs ]; then rm -rf -- "$@"
          else rm -rf --one-file-system -- "$@"; fi
        }
        """#

    /// The first of them: `is_ours`, `is_there` and `enter`.
    package static let entry = """
        is_ours() {
          cd -P -- "$1" && cd -P -- "./$2" && h=$(pwd -P) && [ "${h##*/}" = "$2" ] && [ .. -ef "$1" ] &&
          [ "$(stat -c %u .)" = "$(id -u)" ] && case $(stat -c %a .) in *700 | *711) ;; *) false ;; esac
        } 2>/dev/null
        is_there() { [ -e "$1/$2" ] || [ -h "$1/$2" ]; }
        enter() {
          is_ours "$1" "$2" || {
            echo "$1/$2 is no directory of $(id -un)'s alone:" \
              "$(stat -c '%F, owner %U, mode %a' -- "$1/$2" 2>&1)" >&2; exit \(foreignStatus); }
        }
        """

    /// The name of the twin's descriptor in the command that `beside` runs.
    static let besides = "/proc/self/fd/7"

    /// Goes into the run's directory, in a script that has the functions; ends it where that is gone.
    package static func entering(_ paths: MemberPaths) -> String {
        "enter \(ShellQuoting.quoted(paths.dataDir)) \(MemberPaths.rootName)"
    }
}

extension MemberPaths {
    /// The last component of `root`.
    package static let rootName = ".rekindle"

    /// A path as it is named by whoever stands in `root`; paths elsewhere stay as they are.
    package func named(_ path: String) -> String {
        if path == root { return "." }
        if path.hasPrefix("\(root)/") { return String(path.dropFirst(root.count + 1)) }
        if path == dataDir { return ".." }
        return path.hasPrefix("\(dataDir)/") ? "../\(path.dropFirst(dataDir.count + 1))" : path
    }

    /// The WAL's twin, if the WAL has a directory of its own.
    package var walTwin: WALTwin? {
        guard let walDir, let walRunDirectory else { return nil }
        return WALTwin(
            parent: MemberPaths.parent(of: walDir),
            name: walRunDirectory.lastComponent,
            wal: walDir.lastComponent
        )
    }
}

/// The directory beside a separate WAL: `.rekindle-RUN`, in the WAL directory's parent.
package struct WALTwin: Sendable, Hashable {
    package var parent: String
    package var name: String
    /// The WAL directory's own name.
    package var wal: String

    /// What the restore makes in there.
    static let staging = "staging"

    /// One of the words that `WorkDirectory.functions` define, with this directory.
    func words(_ function: String, _ rest: [String] = []) -> [String] {
        [function, parent, name] + rest
    }

    /// What is in the WAL directory's parent, as named from within.
    var walFromWithin: String { "../\(wal)" }
}

extension String {
    fileprivate var lastComponent: String { String(split(separator: "/").last ?? "") }
}
