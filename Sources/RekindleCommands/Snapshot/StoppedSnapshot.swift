import EtcdModel
import RemoteHost
import RestoreEngine
import RestorePlanning

/// The data of a member whose etcd is stopped.
struct StoppedData: Sendable {
    var member: String
    /// With symbolic links resolved; `member/` is in it.
    var dataDir: String
    /// Where the WAL is: `member/wal` in the data directory, or elsewhere.
    var walDir: String
    /// etcd's path; nil where its WAL cannot be replayed.
    var etcd: ToolFacts.Found?
    /// How its own etcd is asked for its status, once it replays; nil without an etcdctl.
    var client: EtcdClient?
    var digest: DigestTool
    /// As the member itself is told: a smaller one would raise an alarm.
    var quotaBackendBytes: String?
    var databaseBytes: UInt64

    /// Beside what the copy is made, if not beside the data: etcd's user cannot enter `.rekindle`.
    var neighbour: String?

    var folder: String { "\(neighbour ?? dataDir).rekindle-save" }

    /// Whose WAL it is; nil if there is none, or it cannot be read.
    func identity(over fleet: Fleet) async -> WALIdentity? {
        let script = #"""
            for file in "$1"/*.wal; do
              head -c 128 -- "$file" | od -An -v -tx1 | tr -d ' \n'
              break
            done
            """#
        let answer = try? await fleet[member]?.run(.script(script, [walDir]))
        guard let answer, answer.isSuccess else { return nil }
        return Hex.bytes(answer.outputText).flatMap(WALIdentity.init(head:))
    }
}

extension HostSnapshot {
    /// Of a member that is stopped: etcd replays the WAL on a copy, out of reach of everybody.
    ///
    /// In a network namespace of its own it has no address at all: neither clients nor the members
    /// that it knows from its data can meet it. `--force-new-cluster` makes it go on alone
    /// (`restartAsStandaloneNode`, server/etcdserver/bootstrap.go of 3.5), and a database is whole
    /// once etcd has stopped as it should.
    /// - Returns: nil where the host lacks the programs.
    static func replayed(_ data: StoppedData) -> HostSnapshot? {
        guard let etcd = data.etcd?.path, let client = data.client else { return nil }
        let status = client.words(["endpoint", "status", "-w", "fields"], timeoutSeconds: 5)
        let flags = data.quotaBackendBytes.map { ["--quota-backend-bytes=\($0)"] } ?? []
        return HostSnapshot(
            member: data.member,
            folder: data.folder,
            script: Self.open + "\n" + Self.replay + "\n" + Self.send,
            arguments: [
                data.dataDir, data.walDir, data.digest.ofInput, String(reserve),
                status.map(ShellQuoting.quoted).joined(separator: " "), etcd,
            ] + flags,
            secret: client.secret,
            excuses: excuses.merging([
                76: Excuse(
                    fact: "etcd does not replay its WAL",
                    hint: "--without-wal takes its database alone, which lacks the last writes"
                ),
                81: Excuse(
                    fact: "authentication is on in its data, and its etcd does not let Rekindle in",
                    hint: "set auth-user and auth-password-file under `etcd` in the inventory to a "
                        + "user with the role root; --without-wal takes its database alone, which "
                        + "lacks the last writes"
                ),
                79: Excuse(
                    fact: "etcd replayed its WAL and did not serve after it",
                    hint: "its log says why; --without-wal takes its database alone"
                ),
            ]) { own, _ in own }
        )
    }

    /// Of a member that is stopped: its database as it lies there, without what only the WAL has.
    static func database(_ data: StoppedData) -> HostSnapshot {
        HostSnapshot(
            member: data.member,
            folder: data.folder,
            script: Self.open + "\nexec 8<&7\n" + Self.send,
            arguments: [data.dataDir, data.walDir, data.digest.ofInput],
            excuses: excuses
        )
    }

    private static let excuses: [Int32: Excuse] = [
        77: Excuse(
            fact: "an etcd has its database open",
            hint: "stop it, and what starts it again; it serves nobody without a quorum"
        ),
        78: Excuse(
            fact: "it has no database, or no WAL beside it",
            hint: "take another member; --without-wal takes a database alone"
        ),
        80: Excuse(
            fact: "its host lacks a program",
            hint: "install util-linux there; --without-wal takes its database alone"
        ),
    ]

    /// bbolt locks the file that it has open (`flock` in db.Open), and waits for our lock as we for its.
    private static let open = """
        data=$2 wal=$3 digest=$4
        exec 7<"$data/member/snap/db" || exit 78
        flock -n -s 7 || exit 77
        """

    private static let replay = #"""
        reserve=$5 ask=$6
        shift 6
        set -- "$@" --name=recovery --data-dir="$folder/data" --force-new-cluster \
          --listen-client-urls=unix://client:2379 --advertise-client-urls=unix://client:2379 \
          --listen-peer-urls=unix://peer:2380 --initial-advertise-peer-urls=unix://peer:2380 \
          --initial-cluster=recovery=unix://peer:2380
        for tool in unshare setpriv; do
          command -v "$tool" >/dev/null || { echo "there is no $tool" >&2; exit 80; }
        done
        # without a WAL etcd would start as a new member, with nothing in it
        ls -- "$wal"/*.wal >/dev/null || exit 78
        needs "$(($(du -skLc -- "$data/member" "$wal" | tail -n 1 | cut -f 1) * 1024 + reserve))"
        pid=
        open_folder
        clean() {
          trap '' HUP INT TERM
          [ -z "$pid" ] || { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
          gone
        }
        trap clean EXIT
        trap 'clean; exit 143' HUP INT TERM
        mkdir -m 0700 data || exit 73
        # what a symbolic link points to is copied: a copied link would have etcd write into the original
        cp -a -L -- "$data/member" data/member || exit 73
        [ "$wal" = "$data/member/wal" ] || {
          rm -rf --one-file-system -- data/member/wal && cp -a -L -- "$wal" data/member/wal || exit 73
        }
        exec 7<&-
        # etcd's user passes our folder, and owns only the one in it: its log is ours, and no link of its own
        uid=$(stat -c %u data/member/snap/db) gid=$(stat -c %g data/member/snap/db)
        : >etcd.log && chown -h "$uid:$gid" data && chmod 0711 . || exit 73
        (cd data && exec env -i PATH="$PATH" unshare --net -- \
          setpriv --reuid="$uid" --regid="$gid" --clear-groups --no-new-privs -- \
          "$@") >etcd.log 2>&1 9<&- &
        pid=$!
        # why STATUS: the end of etcd's log, and the end
        why() { tail -n 4 etcd.log | cut -c 1-400 >&2; exit "$1"; }
        # value NAME: out of the lines of a status
        value() { printf '%s\n' "$status" | sed -n "s/^\"$1\" : //p"; }
        began=$(date +%s)
        while :; do
          kill -0 "$pid" 2>/dev/null || { wait "$pid"; pid=; why 76; }
          status=$(cd data && eval "$ask" 2>&1)
          case $status in
          *'user name is empty'* | *'invalid user ID or password'* | *'permission denied'*)
            printf '%s\n' "$status" | tail -n 1 >&2; exit 81 ;;
          esac
          leader=$(value Leader)
          [ "${leader:-0}" = 0 ] || [ "$(value RaftIndex)" != "$(value RaftAppliedIndex)" ] || break
          [ "$(($(date +%s) - began))" -lt 1800 ] || why 79
          sleep 0.2
        done
        kill -TERM "$pid"
        wait "$pid"
        ended=$?
        pid=
        # etcd ends by the signal that it was asked with
        [ "$ended" = 143 ] || [ "$ended" = 0 ] || why 76
        exec 8<data/member/snap/db || exit 73
        # its name goes before its first byte does: from here on nothing of it can stay
        gone
        """#

    /// What `snapshot save` would have sent: the pages in use, and their SHA-256 behind them.
    ///
    /// etcd makes the file longer ahead of time. How many pages there are, the later of the two meta
    /// pages says (`meta` in bbolt's db.go: `pgid` 56 bytes from the page's beginning, `txid` 64).
    private static let send = #"""
        # number AT TYPE BYTES: out of the database
        number() { od -An -t "$2" -j "$1" -N "$3" </proc/self/fd/8 | tr -d ' \n'; }
        page=$(number 24 u4 4)
        case $page in '' | 0) echo "its first page is none of a database" >&2; exit 78 ;; esac
        at=0
        [ "$(number "$((page + 64))" u8 8)" -le "$(number 64 u8 8)" ] || at=$page
        bytes=$(($(number "$((at + 56))" u8 8) * page))
        sum=$(head -c "$bytes" </proc/self/fd/8 | $digest | cut -c 1-64)
        [ "${#sum}" = 64 ] || exit 73
        head -c "$bytes" </proc/self/fd/8 || exit 73
        while [ -n "$sum" ]; do
          rest=${sum#??}
          printf "\\$(printf %o "0x${sum%"$rest"}")"
          sum=$rest
        done
        """#
}
