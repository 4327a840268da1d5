package import RemoteHost

/// The newest revisions in the databases that lie on a member's host: its own, and those that earlier runs set aside.
///
/// Read from the file's own pages, without a tool and without a lock, so that it costs the same whatever the size. A
/// database that is in use may be torn, and then gives nothing or less; what its etcd answers counts as well.
package enum StoredRevisions {
    /// Looks and changes nothing; `dataDir` is the data directory.
    package static func command(dataDir: String) -> RemoteCommand { .script(script, [dataDir]) }

    /// Each revision with its file's path; lines that are not answers are left out.
    package static func read(_ output: String) -> [(revision: Int64, path: String)] {
        output.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("revision=") else { return nil }
            let parts = line.dropFirst("revision=".count).split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let revision = Int64(parts[0]), revision > 0 else { return nil }
            return (revision, String(parts[1]))
        }
    }

    /// Follows the last element of each page of the bucket `key` down to its last record.
    ///
    /// The layout is bbolt's (`page.go`, `db.go`): a page has a header of 16 bytes, flags at 8 (1 branch, 2 leaf) and
    /// the count of its elements at 10; elements have 16 bytes. A record's key begins with its revision, big-endian.
    private static let script = #"""
        export LC_ALL=C
        # number AT BYTES: out of the file
        number() { od -An -t "u$2" -j "$1" -N "$2" <"$f" 2>/dev/null | tr -d ' \n'; }
        # is NUMBER…: whether all of them are numbers
        is() { for i do case $i in '' | *[!0-9]*) return 1 ;; esac; done; }
        newest() {
          f=$1
          size=$(number 24 4); is "$size" && [ "$size" -ge 512 ] || return
          first=$(number 64 8); second=$(number $((size + 64)) 8); is "$first" "$second" || return
          at=0; [ "$second" -le "$first" ] || at=$size
          root=$(number $((at + 32)) 8); is "$root" || return
          base=$((root * size)) count=$(number $((base + 10)) 2)
          [ "$(number $((base + 8)) 2)" = 2 ] && is "$count" || return
          n=0 bucket=
          while [ "$n" -lt "$count" ]; do
            e=$((base + 16 + n * 16)) n=$((n + 1))
            at=$(number $((e + 4)) 4); is "$at" || return
            [ "$(number $((e + 8)) 4)" = 3 ] || continue
            k=$(od -An -t x1 -j $((e + at)) -N 3 <"$f" | tr -d ' \n')
            if [ "$k" = 6b6579 ]; then bucket=$((e + at + 3)); break; fi
          done
          [ -n "$bucket" ] || return
          root=$(number "$bucket" 8); is "$root" || return
          # a small bucket's only page lies behind its head
          base=$((root * size)); [ "$root" != 0 ] || base=$((bucket + 16))
          for level in 1 2 3 4 5 6 7 8 9 10 11 12; do
            kind=$(number $((base + 8)) 2) count=$(number $((base + 10)) 2)
            is "$kind" "$count" && [ "$count" -gt 0 ] || return
            e=$((base + 16 + (count - 1) * 16))
            case $kind in
            1) root=$(number $((e + 8)) 8); is "$root" || return; base=$((root * size)) ;;
            2)
              at=$(number $((e + 4)) 4); is "$at" || return
              k=$(od -An -t x1 -j $((e + at)) -N 9 <"$f" | tr -d ' \n')
              case $k in [0-7]???????????????5f) echo "revision=$((0x${k%5f})) $1" ;; esac
              return ;;
            *) return ;;
            esac
          done
        }
        for d in "$1/member" "$1"/.rekindle/*/aside/member "$1"/.rekindle/*/discarded/member; do
          [ ! -f "$d/snap/db" ] || newest "$d/snap/db"
        done
        :
        """#
}
