package import ClusterInventory
import EtcdModel
package import RemoteHost

/// The two read-only scripts that facts come from, as commands.
package enum FactsScript {
    /// The first look: tools, service, what the service tells etcd.
    ///
    /// - Parameters:
    ///   - member: whose host it is.
    ///   - processes: where the kernel shows its processes.
    /// - Returns: a command that changes nothing.
    package static func system(
        for member: InventoryMember,
        processes: String = "/proc"
    ) -> RemoteCommand {
        let service = member.service
        let ofService =
            switch service.kind {
            case .systemd: unitText
            case .staticPod, .commands:
                podText + service.manager(of: member.member.name).observation + "\n"
            }
        return .script(
            systemText + ofService + processText + "say end yes\n",
            [
                service.kind == .systemd ? service.unit : service.manifest ?? "",
                member.etcd.binDir ?? "", member.etcd.dataDir ?? "", processes,
                service.manager(of: member.member.name).holdPath,
            ]
        )
    }

    /// The second look: the directories, once it is known which.
    package static func directories(
        dataDir: String,
        walDir: String?,
        tls: ClientTLS?,
        account: AccountQuestion = AccountQuestion(),
        unit: String = ""
    ) -> RemoteCommand {
        .script(
            directoriesText,
            [
                dataDir, walDir ?? "", tls?.cacert ?? "", tls?.cert ?? "", tls?.key ?? "",
                account.user, account.group, unit,
            ]
        )
    }

    /// What a restore runs on a host besides etcd's tools; all of it coreutils, grep, findutils.
    static let needed = [
        "head", "tail", "tr", "date", "stat", "mv", "sync", "dd", "chown", "find", "mkdir", "ln",
        "od", "cut", "grep", "sed",
        "df", "touch", "truncate", "setsid", "flock", "env", "realpath", "base64", "xargs", "awk",
        "nice", "ionice",
    ]

    /// $1 unit or manifest, $2 bin-dir or "", $3 a data directory or "", $4 /proc, $5 the file that will be the hold or "".
    ///
    /// A program may be there and be another one: busybox's `df` knows no `--output`. Each is tried, or else asked for its
    /// options, before a restore finds out.
    private static let systemText = """
        export LC_ALL=C
        say() { printf '%s=%s\\n' "$1" "$2"; }
        blob() { printf '%s=%s\\n' "$1" "$(base64 -w0)"; }
        say host "$(uname -n)"
        say uid "$(id -u)"
        say now "$(date +%s.%N)"
        tool() {
          if [ -n "$2" ]; then p="$2/$1"; [ -x "$p" ] || p=
          else p=$(command -v "$1" 2>/dev/null); fi
          if [ -n "$p" ]; then
            say "tool.$1" "$p"
            if [ "$1" = etcd ]; then env -i PATH="$PATH" "$p" --version 2>/dev/null </dev/null \
        | blob "version.$1"
            else env -i PATH="$PATH" ETCDCTL_API=3 "$p" version 2>/dev/null </dev/null \
        | blob "version.$1"; fi
          fi
        }
        tool etcd "$2"; tool etcdctl "$2"; tool etcdutl "$2"
        for t in \(needed.joined(separator: " ")); do
          command -v "$t" >/dev/null 2>&1 || m="$m $t"
        done
        say missing "$m"
        u=
        can() { "$@" >/dev/null 2>&1 </dev/null || u="$u, $1 $2"; }
        knows() { "$1" --help 2>&1 </dev/null | grep -q -e "$2" || u="$u, $1 $2"; }
        can df --output=target /
        can realpath -m /nowhere/x
        can stat -c %s /
        can date +%s.%N
        [ "$(printf abc | head -c -1 2>/dev/null)" = ab ] || u="$u, head -c -1"
        knows mv -T; knows ln -T; knows cp --reflink; knows chown -h; knows sync -f; knows flock -w; knows xargs -0
        say unable "${u#, }"
        if [ -n "$5" ]; then
          d=$5
          while [ ! -d "$d" ]; do d=$(dirname -- "$d"); done
          m=$(df --output=target -- "$d" 2>/dev/null | tail -n 1)
          case ",$(awk -v m="$m" '$2==m {o=$4} END {print o}' /proc/mounts 2>/dev/null)," in
          *,ro,*) say unwritable "$d" ;;
          *) [ -w "$d" ] || [ "$(id -u)" != 0 ] || say unwritable "$d" ;;
          esac
        fi
        if command -v openssl >/dev/null 2>&1; then say digest openssl
        elif command -v sha256sum >/dev/null 2>&1; then say digest sha256sum; fi
        for t in zstd gzip; do if command -v $t >/dev/null 2>&1; then say $t yes; fi; done
        if command -v ssh >/dev/null && command -v ssh-keygen >/dev/null \
        && { command -v sshd >/dev/null || [ -x /usr/sbin/sshd ]; } \
        && tee -p </dev/null >/dev/null 2>&1; then say relay yes; fi
        say listening "$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null \\
        | awk '$4 == "0A" {n = split($2, a, ":"); print a[n]}' | sort -u | tr '\\n' ' ')"
        say memory "$(awk '$1 == "MemAvailable:" {print $2}' /proc/meminfo 2>/dev/null)"
        if command -v systemd-run >/dev/null 2>&1; then say systemd-run yes; fi
        # what sudo would keep of our input and output; root is not asked for a password
        if [ -n "$SUDO_USER" ] && command -v sudo >/dev/null 2>&1; then
          sudo -n -l -U "$SUDO_USER" </dev/null 2>/dev/null | blob sudo
        fi
        forcing() {
          if [ -r "$1" ]; then
            grep -niE 'force[-_]new[-_]cluster' -- "$1" | grep -vE '^[0-9]+:[[:space:]]*[#;]' \
        | F=$1 awk -F: '{print ENVIRON["F"] ":" $1}'
          fi
        }

        """

    /// What a static pod's manifest says, held or not.
    private static let podText = """
        f=$1
        if [ -n "$f" ]; then
          [ -e "$f" ] || f="$(dirname -- "$(dirname -- "$f")")/rekindle-held/${f##*/}"
          if [ -r "$f" ]; then blob manifest <"$f"; forcing "$f" | blob forcing; fi
        fi

        """

    /// What systemd says of the unit, its files, and the files of variables that they name.
    ///
    /// They are read here, not by the shell: what systemd makes of them is `WrittenService`.
    private static let unitText = """
        u=$1
        systemctl show -p LoadState -p ActiveState -p SubState -p Restart -p Type -p User -p Group \
        -p DynamicUser -p MainPID -p ControlGroup -- "$u" | sed 's/^/service./'
        systemctl cat -- "$u" 2>/dev/null | blob unit
        # whom systemd stops with it, at any depth (`UNIT_ATOM_PROPAGATE_STOP`, src/core/unit-dependency-atom.c)
        seen=" $u " more=$u n=0
        while [ -n "$more" ]; do
          asked=$more more=
          for d in $(systemctl show -p RequiredBy -p RequisiteOf -p BoundBy -p ConsistsOf -p PropagatesStopTo \
        --value -- $asked 2>/dev/null); do
            case $seen in
            *" $d "*) ;;
            *)
              seen="$seen$d " more="$more $d" n=$((n + 1))
              say "dependent.$n" "$d $(systemctl show -p ActiveState -p SubState --value -- "$d" | tr '\\n' ' ')" ;;
            esac
          done
        done
        say machine "$(cat /etc/machine-id 2>/dev/null)"
        n=0
        systemctl show -p EnvironmentFiles --value -- "$u" | sed 's/ (ignore_errors=[a-z]*)$//' | {
          IFS=
          while read -r f; do
            for g in $f; do
              if [ ! -f "$g" ] || [ ! -r "$g" ]; then continue; fi
              n=$((n + 1))
              say "variables.$n.path" "$g"
              head -c \(textLimit) <"$g" | blob "variables.$n.text"
            done
          done
        }
        c=$( { systemctl cat -- "$u" 2>/dev/null | sed -n 's/.*-config-file[= ]\\([^ ;]*\\).*/\\1/p'
               systemctl show -p EnvironmentFiles --value -- "$u" | while read -r f rest; do
                 if [ -r "$f" ]; then sed -n 's/^[[:space:]]*ETCD_CONFIG_FILE=//p' "$f"; fi
               done | tail -n 1
             } | tr -d "\\"'" | head -n 1)
        { systemctl cat -- "$u" 2>/dev/null | awk '
            /^# \\// {f = substr($0, 3); n = 0; next}
            {n++}
            /^[[:space:]]*[#;]/ {next}
            tolower($0) ~ /force[-_]new[-_]cluster/ {print f ":" n}'
          systemctl show -p EnvironmentFiles --value -- "$u" | while read -r f rest; do
            forcing "$f"
          done
          if [ -n "$c" ]; then forcing "$c"; fi
        } | blob forcing

        """

    /// Every process that is called etcd, as the kernel shows it.
    ///
    /// $4 is /proc. Of its variables only etcd's own are told, and no password.
    static let processText = """
        n=0
        h=$(readlink "$4/1/ns/mnt" 2>/dev/null)
        for p in "$4"/[0-9]*; do
          { read -r c <"$p/comm"; } 2>/dev/null || continue
          case $c in etcd | etcd.bin | etcd-[0-9]* | etcd3) ;; *) continue ;; esac
          [ -n "$(head -c 1 <"$p/cmdline" 2>/dev/null | tr '\\0' x)" ] || continue
          n=$((n + 1))
          say "process.$n.id" "${p##*/}"
          say "process.$n.cgroup" "$(sed -n 's/^0::\\|^1:name=systemd://p' "$p/cgroup" 2>/dev/null | head -n 1)"
          head -c \(textLimit) <"$p/cmdline" 2>/dev/null | blob "process.$n.words"
          tr '\\0\\n' '\\n ' <"$p/environ" 2>/dev/null | grep -a '^ETCD_' \
        | grep -Eav '^[A-Z_]*(PASSWORD|TOKEN_SECRET|AUTH_TOKEN)' | blob "process.$n.variables"
          say "process.$n.directory" "$(readlink "$p/cwd" 2>/dev/null)"
          i=$(readlink "$p/ns/mnt" 2>/dev/null)
          if [ -n "$h" ] && [ -n "$i" ] && [ "$h" != "$i" ]; then say "process.$n.inside" yes; fi
          for f in "$p"/fd/*; do
            case $(readlink "$f" 2>/dev/null) in
            */snap/db | */snap/db' (deleted)')
              say "process.$n.database" "$(readlink "$f")"
              say "process.$n.inode" "$(stat -L -c '%d:%i' -- "$f" 2>/dev/null)" ;;
            esac
          done
        done

        """

    /// Files that only the settings name, each as it is there.
    package static func files(_ paths: [String]) -> RemoteCommand {
        .script(
            """
            export LC_ALL=C
            n=0
            for f in "$@"; do
              n=$((n + 1))
              if [ -f "$f" ] && [ -r "$f" ]; then
                printf 'file.%s=%s\\n' "$n" "$(head -c \(textLimit) <"$f" | base64 -w0)"
              fi
            done
            echo end=yes
            """,
            paths
        )
    }

    /// Bytes that are read of a file; one that is longer is no file of settings.
    static let textLimit = 262_144

    /// $1 data directory, $2 WAL directory or "", $3 to $5 client TLS files or "", $6 user and
    /// $7 group or "", $8 the unit of systemd or "".
    private static let directoriesText = """
        export LC_ALL=C
        say() { printf '%s=%s\\n' "$1" "$2"; }
        unit=$8
        \(HazardScript.text)\(AccountQuestion.text)
        # a subvolume of btrfs has a device of its own, and yet is none: only the mount table tells
        mounted() { mounts "$1" | grep -q '^at'; }
        look() {
          say "$1.path" "$2"
          say "$1.real" "$(realpath -m -- "$2")"
          d=$(realpath -m -- "$2")
          if [ -d "$d" ]; then
            say "$1.exists" yes
            say "$1.owner" "$(stat -c '%U %G %a' -- "$d")"
            # a group of a directory service may have blanks in its name
            say "$1.user" "$(stat -c %U -- "$d")"
            say "$1.group" "$(stat -c %G -- "$d")"
            say "$1.mode" "$(stat -c %a -- "$d")"
            say "$1.uid" "$(stat -c %u -- "$d")"
            say "$1.gid" "$(stat -c %g -- "$d")"
            if mounted "$d"; then say "$1.mount" yes; fi
          fi
          if [ -d "$d/member" ] && [ ! -h "$d/member" ] && mounted "$d/member"; then
            say "$1.membermount" yes
          fi
          if [ -f "$d/member/snap/db" ]; then
            say "$1.db" "$(stat -c %s -- "$d/member/snap/db")"
            say "$1.inode" "$(stat -L -c '%d:%i' -- "$d/member/snap/db")"
          fi
          printf '%s=%s\\n' "$1.hazards" "$(hazards "$d" "$d$3" "$4" "$unit" | base64 -w0)"
          while [ ! -d "$d" ]; do d=$(dirname -- "$d"); done
          say "$1.free" "$(df -B1 --output=avail -- "$d" | tail -n 1 | tr -d ' ')"
          say "$1.fs" "$(df --output=fstype -- "$d" | tail -n 1)"
          m=$(df --output=target -- "$d" | tail -n 1)
          o=$(awk -v m="$m" '$2==m {o=$4} END {print o}' /proc/mounts 2>/dev/null)
          case ",$o," in *,ro,*) say "$1.readonly" yes ;; esac
        }
        look data "$1" /member 3
        if [ -n "$2" ]; then look wal "$2" '' 1; fi
        account "$6" "$7"
        for f in "$3" "$4" "$5"; do
          if [ -n "$f" ] && ! [ -r "$f" ]; then say tls.missing "$f"; fi
        done
        say end yes
        """
}
