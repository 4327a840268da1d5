/// A file that a power cut must not take: a hold keeps etcd from starting with no data.
enum DurableFile {
    /// Puts `$1.tmp` in the place of `$1`: its bytes first, then its name, then every directory above it that may
    /// have been made for it.
    static let install = """
        sync -- "$1.tmp" && mv -T -- "$1.tmp" "$1" || exit
        d=${1%/*}
        while [ -n "$d" ]; do sync -- "$d" || exit; [ "$d" != "${d%/*}" ] || break; d=${d%/*}; done
        """
}
